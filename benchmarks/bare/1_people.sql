-- rules, lead records and persons; the variables raw, rules, as_of, reporting_timezone, bot_pattern,
-- machine_seconds and requalify_cooldown_days are set before

set variable until = timezone('UTC', timezone(
    getvariable('reporting_timezone'), cast(getvariable('as_of') + 1 as timestamp)
));

-- white space as Unicode sees it, which \s does not
set variable space = '\t-\r\x1c-\x20\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}';

-- what stands before the host of a URL
set variable scheme = '^[' || getvariable('space') || ']*(?:[A-Za-z][A-Za-z0-9+.-]*:)?//';

create temp macro local_date(instant) as
    cast(timezone(getvariable('reporting_timezone'), timezone('UTC', instant)) as date);
create temp macro month_of(day) as cast(date_trunc('month', day) as date);
create temp macro trimmed(txt) as regexp_replace(
    txt, '^[' || getvariable('space') || ']+|[' || getvariable('space') || ']+$', '', 'g'
);
create temp macro squeezed(txt) as regexp_replace(
    txt, '[' || getvariable('space') || ']+', '', 'g'
);
-- ASCII is its own NFKC
create temp macro unicode(txt) as if(strlen(txt) = length(txt), txt, nfkc(txt));
create temp macro visible(txt) as if(
    strlen(txt) = length(txt), txt, regexp_replace(nfkc(txt), '[\x{200b}-\x{200d}\x{2060}\x{feff}\x{ad}]', '', 'g')
);
create temp macro email_of(txt) as nullif(regexp_extract(
    lower(trimmed(visible(txt))),
    replace('^[^X]+@[^X]*[.][^X]*$', 'X', '@,;<>()"' || getvariable('space'))
), '');
create temp macro phone_of(txt) as nullif(regexp_extract(regexp_replace(
    regexp_replace(squeezed(unicode(txt)), '^[+]81[^0-9]*0?', '0'), '[^0-9]+', '', 'g'
), '^[0-9]{9,}$'), '');
create temp macro name_of(txt) as nullif(squeezed(lower(unicode(txt))), '');

-- addresses and telephone numbers in texts that are published
set variable at_sign = '(?:@|＠|%(?:25)*40)';
set variable address = '[\p{L}\p{M}\p{N}_.．%+-]+' || getvariable('at_sign')
    || '[\p{L}\p{M}\p{N}_-]+(?:[.．][\p{L}\p{M}\p{N}_-]+)+';
create temp macro has_at_sign(txt) as contains(txt, '@') or contains(txt, '＠') or contains(txt, '%');
create temp macro without_addresses(txt) as
    if(has_at_sign(txt), regexp_replace(txt, getvariable('address'), ':email', 'g'), txt);
create temp macro hash_of_address(address) as
    left(md5(regexp_replace(lower(unicode(address)), getvariable('at_sign') || '([^@%]*)$', '@\1')), 8);
create temp macro with_hashed_addresses(txt) as if(
    has_at_sign(txt),
    array_to_string(list_transform(
        regexp_split_to_array(txt, getvariable('address')),
        lambda text_before, i: text_before || coalesce(
            ':email-' || hash_of_address(regexp_extract_all(txt, getvariable('address'))[i]), ''
        )
    ), ''),
    txt
);
create temp macro without_phones(txt) as regexp_replace(
    txt,
    replace(
        '(?:\+[0-9]{1,3}GAP(?:0[-() .]{0,2})?|\b0)[0-9]{1,4}GAP[0-9]{1,4}GAP[0-9]{3,4}\b', 'GAP', '[-() .]{0,3}'
    ),
    ':phone', 'g'
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

create temp table placeholders as from rule_file('placeholders');
create temp macro unless_placeholder(raw_column, txt) as case
    when lower(trimmed(txt)) not in (select value from placeholders where "column" = raw_column) then txt
end;

-- the versions of each lead that are known at D, else the first later one in their stead
create temp table lead_versions as
select lead_id, created_at, updated_at, if(is_known, merged_into_lead_id, null) as merged_into_lead_id,
    is_deleted and is_known as is_deleted, email_of(unless_placeholder('email', email)) as email, phone,
    full_name, company_name, job_title, department, industry, country, employee_count, lead_source, campaign,
    is_current
from (
    select *, updated_at < getvariable('until') as is_known, row_number() over (
        partition by lead_id order by is_known desc, if(is_known, updated_at, null) desc, updated_at
    ) = 1 as is_current
    from read_parquet(getvariable('raw') || '/leads.parquet')
    where created_at < getvariable('until')
)
where (is_known or is_current) and unless_placeholder('lead_id', lead_id) is not null;

create temp table lead_records as
select lead_id, created_at, updated_at, merged_into_lead_id, email,
    phone_of(unless_placeholder('phone', phone)) as phone, name_of(unless_placeholder('full_name', full_name)) as name,
    unless_placeholder('company_name', company_name) as company_name, job_title, department, industry, country,
    employee_count, lead_source, campaign
from lead_versions
where is_current and not is_deleted;

-- deleted leads that were merged, with the lead record that each leads to in the end
create temp table aliases as
with recursive merges as (
    select lead_id, merged_into_lead_id as into_id
    from lead_versions where is_current and is_deleted and merged_into_lead_id is not null
),
steps as (
    from merges
    union
    select steps.lead_id, merges.into_id from steps join merges on steps.into_id = merges.lead_id
)
select steps.lead_id, into_id from steps join lead_records on into_id = lead_records.lead_id;

-- the least lead of a shared key stands for all of them
create temp table links as
with one_way as (
    select lead_id as one, min(lead_id) over (partition by email) as other
    from lead_records where email is not null
    union all
    select lead_id, min(lead_id) over (partition by phone, name)
    from lead_records where phone is not null and name is not null
    union all
    select merged.lead_id, survivor.into_id
    from lead_records as merged
    join (select lead_id, lead_id as into_id from lead_records union all from aliases) as survivor
        on merged.merged_into_lead_id = survivor.lead_id
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

insert into lead_persons
select aliases.lead_id, person_id from aliases join lead_persons on into_id = lead_persons.lead_id;

-- an address belongs to the lead record that has it, else to the one that had it last
create temp table email_persons as
select email,
    arg_max(person_id, {'has_it': is_current and not is_deleted, 'at': updated_at, 'lead': lead_id}) as person_id
from lead_versions join lead_persons using (lead_id)
where email is not null
group by email;

-- \b\B matches nothing
set variable forms_anywhere = (
    select coalesce(string_agg(regexp_escape(form), '|' order by length(form) desc), '\b\B')
    from (select lower(unicode(form)) as form from rule_file('company_forms')) where regexp_matches(form, '[^a-z]')
);
set variable forms_at_the_end = (
    select coalesce(string_agg(form, '|'), '\b\B')
    from (select lower(unicode(form)) as form from rule_file('company_forms')) where not regexp_matches(form, '[^a-z]')
);

create temp table persons_with_company as
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
companies as (
    select company_name,
        regexp_replace(lower(unicode(company_name)), getvariable('forms_anywhere'), '', 'g') as without_forms,
        trim(regexp_replace(without_forms, '[^\p{L}\p{N}]+', ' ', 'g')) as words,
        regexp_replace(words, '( (' || getvariable('forms_at_the_end') || '))+$', '') as shortened,
        nullif(replace(shortened, ' ', ''), '') as company
    from (select distinct company_name from merged where company_name is not null)
)
select merged.*, company, split_part(email, '@', 2) as email_domain,
    if(free.domain is null, email_domain, null) as company_domain
from merged
left join companies using (company_name)
left join (select distinct lower(trimmed(domain)) as domain from rule_file('free_mail_domains')) as free
    on split_part(email, '@', 2) = free.domain;

create temp table persons as
with domains_of_companies as (
    select company, min(company_domain) as domain
    from persons_with_company where company is not null
    group by company having min(company_domain) = max(company_domain)
),
placed as (
    select persons_with_company.*, coalesce(targets.account_tier, 'none') as account_tier
    from persons_with_company
    left join domains_of_companies using (company)
    left join rule_file('target_accounts') as targets
        on coalesce(company_domain, domains_of_companies.domain) = lower(trimmed(targets.domain))
),
rules as (
    select attribute, operator, lower(value) as wanted, coalesce(points::bigint, 0) as points,
        coalesce(excludes::boolean, false) as excludes,
        if(operator = 'in', string_split(wanted, '|'), [wanted]) as listed,
        if(attribute = 'employee_count', list_transform(listed, lambda txt: try_cast(txt as double)), null) as numbers
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
    where case
        when operator = 'blank' then had is null
        when operator = 'contains' then contains(had, wanted)
        when operator = 'gte' then employee_count >= numbers[1]
        when operator = 'lte' then employee_count <= numbers[1]
        when attribute = 'employee_count' then list_contains(numbers, employee_count)
        else list_contains(listed, had)
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

-- the rows of a feed with the persons that they lead to; `address` is looked up only if no lead is known
create temp macro matched(feed) as table
    select found.* exclude (lead_person_id), coalesce(lead_person_id, email_persons.person_id) as person_id
    from (
        select * replace (email_of(unless_placeholder('email', address)) as address)
        from (
            select events.*, lead_persons.person_id as lead_person_id,
                if(lead_persons.person_id is null, events.email, null) as address
            from read_parquet(getvariable('raw') || '/' || feed || '.parquet', file_row_number = true) as events
            left join lead_persons using (lead_id)
            where occurred_at < getvariable('until')
        )
    ) as found
    left join email_persons on address = email_persons.email;
