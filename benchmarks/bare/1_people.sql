-- rules, lead records and persons; the variables raw, rules, as_of, reporting_timezone, bot_pattern,
-- machine_seconds and requalify_cooldown_days are set before

set variable until = timezone('UTC', timezone(
    getvariable('reporting_timezone'), cast(getvariable('as_of') + 1 as timestamp)
));

-- white space as Unicode sees it, which \s does not
set variable space = '\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}';

create temp macro local_date(instant) as
    cast(timezone(getvariable('reporting_timezone'), timezone('UTC', instant)) as date);
create temp macro month_of(day) as cast(date_trunc('month', day) as date);
create temp macro unicode(txt) as case when strlen(txt) = length(txt) then txt else nfkc(txt) end;
create temp macro trimmed(txt) as regexp_replace(
    txt, '^[' || getvariable('space') || ']+|[' || getvariable('space') || ']+$', '', 'g'
);
create temp macro squeezed(txt) as regexp_replace(
    txt, '[' || getvariable('space') || ']+', '', 'g'
);
create temp macro email_of(txt) as
    nullif(regexp_extract(lower(trimmed(unicode(txt))), '^[^@]+@[^@]*[.][^@]*$'), '');
create temp macro phone_of(txt) as nullif(regexp_extract(regexp_replace(
    regexp_replace(squeezed(unicode(txt)), '^[+]81[^0-9]*0?', '0'), '[^0-9]+', '', 'g'
), '^[0-9]{9,}$'), '');
create temp macro name_of(txt) as nullif(squeezed(lower(unicode(txt))), '');
create temp macro without_addresses(txt) as if(
    contains(txt, '@') or contains(txt, '＠'),
    regexp_replace(
        txt, '[\p{L}\p{M}\p{N}_.．%+-]+[@＠][\p{L}\p{M}\p{N}_-]+([.．][\p{L}\p{M}\p{N}_-]+)+', ':email', 'g'
    ),
    txt
);
create temp macro rule_file(name) as table
    from read_csv(
        getvariable('rules') || '/' || name || '.csv',
        header = true, delim = ',', quote = '"', escape = '"', all_varchar = true
    );

create temp table scoring_rules as
select rule_id, touchpoint_type, content_type, points::bigint as points, every::bigint as every,
    window_days::integer as window_days, max_points::bigint as max_points, hand_raise::boolean as hand_raise,
    coalesce(valid_from::date, '0001-01-01'::date) as valid_from,
    coalesce(valid_to::date, '9999-01-01'::date) as valid_to
from rule_file('scoring_rules');

create temp table lead_records as
select lead_id, created_at, updated_at, merged_into_lead_id, email_of(email) as email, phone_of(phone) as phone,
    name_of(full_name) as name, company_name, job_title, department, industry, country, employee_count,
    lead_source, campaign
from (
    from read_parquet(getvariable('raw') || '/leads.parquet')
    where created_at < getvariable('until') and updated_at < getvariable('until')
    qualify row_number() over (partition by lead_id order by updated_at desc) = 1
)
where not is_deleted;

-- the least lead of a shared key stands for all of them
create temp table links as
with one_way as (
    select lead_id as one, min(lead_id) over (partition by email) as other
    from lead_records where email is not null
    union all
    select lead_id, min(lead_id) over (partition by phone, name)
    from lead_records where phone is not null and name is not null
    union all
    select merged.lead_id, survivor.lead_id
    from lead_records as merged join lead_records as survivor on merged.merged_into_lead_id = survivor.lead_id
)
select one, other from one_way where one <> other
union
select other, one from one_way where one <> other;

create temp table lead_persons as
with recursive
least_reached (lead_id, least_id) using key (lead_id) as (
    select distinct one, one from links
    union
    select links.other, min(news.least_id)
    from least_reached as news
    join links on news.lead_id = links.one
    join recurring.least_reached as known on links.other = known.lead_id
    where news.least_id < known.least_id
    group by links.other
)
select lead_id, first_value(lead_id) over (
    partition by coalesce(least_id, lead_id) order by created_at, lead_id
) as person_id
from lead_records left join least_reached using (lead_id);

create temp table email_persons as
select distinct email, person_id
from lead_records join lead_persons using (lead_id)
where email is not null;

create temp table persons as
with ranked as (
    select *, row_number() over (partition by person_id order by updated_at, lead_id) as rank
    from lead_records join lead_persons using (lead_id)
),
merged as (
    select person_id, min(created_at) as created_at,
        any_value(lead_source) filter (lead_id = person_id) as lead_source,
        arg_max(email, rank) as email, arg_max(phone, rank) as phone, arg_max(company_name, rank) as company_name,
        arg_max(job_title, rank) as job_title, arg_max(department, rank) as department,
        arg_max(industry, rank) as industry, arg_max(country, rank) as country,
        arg_max(employee_count, rank) as employee_count
    from ranked group by person_id
),
placed as (
    select merged.*, split_part(email, '@', 2) as email_domain, coalesce(targets.account_tier, 'none') as account_tier
    from merged
    left join rule_file('free_mail_domains') as free on split_part(email, '@', 2) = lower(trimmed(free.domain))
    left join rule_file('target_accounts') as targets
        on split_part(email, '@', 2) = lower(trimmed(targets.domain)) and free.domain is null
),
rules as (
    select attribute, operator, lower(value) as wanted, coalesce(points::bigint, 0) as points,
        coalesce(excludes::boolean, false) as excludes, string_split(lower(value), '|') as listed,
        case when attribute = 'employee_count' then try_cast(value as double) end as number
    from rule_file('fit_rules')
),
fitted as (
    select person_id, sum(points)::bigint as fit_score, bool_or(excludes) as is_excluded
    from (
        from placed cross join rules
        select *, lower(case attribute
            when 'industry' then industry when 'job_title' then job_title when 'department' then department
            when 'country' then country when 'lead_source' then lead_source when 'email_domain' then email_domain
            when 'account_tier' then placed.account_tier when 'employee_count' then employee_count::varchar
        end) as had
    )
    where case operator
        when 'blank' then had is null
        when 'eq' then had = wanted
        when 'in' then list_contains(listed, had)
        when 'contains' then contains(had, wanted)
        when 'gte' then employee_count >= number
        when 'lte' then employee_count <= number
    end
    group by person_id
)
select person_id, placed.created_at, local_date(placed.created_at) as created_date, lead_source, placed.account_tier,
    coalesce(is_excluded, false) as is_excluded, email is not null or phone is not null as is_contactable,
    coalesce((
        select arg_max(fit_grade, min_points::bigint) from rule_file('fit_grades')
        where min_points::bigint <= coalesce(fit_score, 0)
    ), 'none') as fit_grade
from placed left join fitted using (person_id);
