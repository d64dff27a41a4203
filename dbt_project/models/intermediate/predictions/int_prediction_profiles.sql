with

records as (

    select * from {{ ref('int_prediction_records') }}

),

lead_versions as (

    select * from {{ ref('int_lead_versions') }}

),

company_names as (

    select * from {{ ref('int_company_names') }}

),

free_mail_domains as (

    select distinct {{ folded('domain') }} as domain
    from {{ ref('free_mail_domains') }}

),

target_accounts as (

    select
        {{ folded('domain') }} as domain,
        account_tier
    from {{ ref('target_accounts') }}

),

fit_rules as (

    select * from {{ ref('fit_rules') }}

),

fit_grades as (

    select * from {{ ref('fit_grades') }}

),

domains_of_companies as (

    select
        company_names.normalized_company,
        {{ dbt.split_part('lead_versions.normalized_email', "'@'", 2) }} as domain,
        min(case when lead_versions.is_first then lead_versions.created_at else lead_versions.updated_at end)
            as known_from
    from lead_versions
    inner join company_names
        on lead_versions.company_name = company_names.company_name
    where lead_versions.normalized_email is not null and company_names.normalized_company is not null
    group by company_names.normalized_company, {{ dbt.split_part('lead_versions.normalized_email', "'@'", 2) }}

),

records_split as (

    select
        records.*,
        company_names.normalized_company,
        {{ dbt.split_part('records.normalized_email', "'@'", 2) }} as email_domain
    from records
    left join company_names
        on records.company_name = company_names.company_name

),

-- as in int_person_accounts, of the domains under which the company was known by then
domains_lent as (

    select
        records_split.case_id,
        max(domains_of_companies.domain) as domain
    from records_split
    inner join domains_of_companies
        on
            records_split.normalized_company = domains_of_companies.normalized_company
            and records_split.known_until > domains_of_companies.known_from
    where domains_of_companies.domain not in (select free_mail_domains.domain from free_mail_domains)
    group by records_split.case_id
    having count(distinct domains_of_companies.domain) = 1

),

profiles as (

    select
        records_split.*,
        coalesce(target_accounts.account_tier, 'none') as account_tier
    from records_split
    left join free_mail_domains
        on records_split.email_domain = free_mail_domains.domain
    left join domains_lent
        on records_split.case_id = domains_lent.case_id
    left join target_accounts
        on
            target_accounts.domain
            = coalesce(case when free_mail_domains.domain is null then records_split.email_domain end, domains_lent.domain)

),

{{ graded_fits('profiles', 'case_id') }}

select
    profiles.case_id,
    {{ without_addresses('profiles.lead_source') }} as lead_source,
    profiles.account_tier,
    fits_graded.fit_grade,
    fits_graded.is_excluded
from profiles
inner join fits_graded
    on profiles.case_id = fits_graded.case_id
