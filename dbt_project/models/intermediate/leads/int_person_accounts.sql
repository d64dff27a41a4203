with

persons as (

    select * from {{ ref('int_person_attributes') }}

),

free_mail_domains as (

    select * from {{ ref('free_mail_domains') }}

),

target_accounts as (

    select * from {{ ref('target_accounts') }}

),

free_domains as (

    select distinct lower({{ trimmed('domain') }}) as domain
    from free_mail_domains

),

target_domains as (

    select
        lower({{ trimmed('domain') }}) as domain,
        account_tier
    from target_accounts

),

domains_split as (

    select
        person_id,
        company_name,
        {{ dbt.split_part('normalized_email', "'@'", 2) }} as email_domain
    from persons

),

company_domains_kept as (

    select
        domains_split.person_id,
        domains_split.company_name,
        domains_split.email_domain,
        case when free_domains.domain is null then domains_split.email_domain end as company_domain
    from domains_split
    left join free_domains
        on domains_split.email_domain = free_domains.domain

),

accounts_named as (

    select
        company_domains_kept.person_id,
        company_domains_kept.email_domain,
        company_domains_kept.company_domain,
        coalesce(
            company_domains_kept.company_domain,
            lower({{ trimmed(unicode_normalized('company_domains_kept.company_name')) }})
        ) as account_id,
        coalesce(target_domains.account_tier, 'none') as account_tier
    from company_domains_kept
    left join target_domains
        on company_domains_kept.company_domain = target_domains.domain

)

select * from accounts_named
