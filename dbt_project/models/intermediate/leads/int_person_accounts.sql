with

persons as (

    select * from {{ ref('int_person_attributes') }}

),

company_names as (

    select * from {{ ref('int_company_names') }}

),

free_mail_domains as (

    select * from {{ ref('free_mail_domains') }}

),

target_accounts as (

    select * from {{ ref('target_accounts') }}

),

free_domains as (

    select distinct {{ folded('domain') }} as domain
    from free_mail_domains

),

target_domains as (

    select
        {{ folded('domain') }} as domain,
        account_tier
    from target_accounts

),

domains_split as (

    select
        persons.person_id,
        company_names.normalized_company,
        {{ dbt.split_part('persons.normalized_email', "'@'", 2) }} as email_domain
    from persons
    left join company_names
        on persons.company_name = company_names.company_name

),

company_domains_kept as (

    select
        domains_split.person_id,
        domains_split.normalized_company,
        domains_split.email_domain,
        case when free_domains.domain is null then domains_split.email_domain end as company_domain
    from domains_split
    left join free_domains
        on domains_split.email_domain = free_domains.domain

),

-- of a company under several domains nothing is known of those who leave none
domains_of_companies as (

    select
        normalized_company,
        max(company_domain) as company_domain
    from company_domains_kept
    where normalized_company is not null
    group by normalized_company
    having count(distinct company_domain) = 1

),

account_domains_found as (

    select
        company_domains_kept.person_id,
        company_domains_kept.email_domain,
        company_domains_kept.normalized_company,
        coalesce(company_domains_kept.company_domain, domains_of_companies.company_domain) as account_domain
    from company_domains_kept
    left join domains_of_companies
        on company_domains_kept.normalized_company = domains_of_companies.normalized_company

),

accounts_named as (

    select
        account_domains_found.person_id,
        account_domains_found.email_domain,
        account_domains_found.account_domain,
        coalesce(account_domains_found.account_domain, account_domains_found.normalized_company) as account_id,
        coalesce(target_domains.account_tier, 'none') as account_tier
    from account_domains_found
    left join target_domains
        on account_domains_found.account_domain = target_domains.domain

)

select * from accounts_named
