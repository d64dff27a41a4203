with

lead_versions as (

    select * from {{ ref('int_lead_versions') }}

),

company_forms as (

    select * from {{ ref('company_forms') }}

),

names_listed as (

    select
        company_name,
        {{ lowered(unicode_normalized('company_name')) }} as spelled
    from lead_versions
    where company_name is not null
    group by company_name

),

-- a form of letters a to z could stand inside of a word, any other is known wherever it stands
forms_spelled as (

    select
        form,
        {{ matches_pattern('form', '[^a-z]') }} as is_known_anywhere
    from (select {{ lowered(unicode_normalized('form')) }} as form from company_forms) as lowered_forms

),

-- a pattern of the forms that a name holds, since one of all forms costs more to build than all the rest
forms_anywhere_found as (

    select
        names_listed.company_name,
        names_listed.spelled,
        {{ any_of_texts('forms_spelled.form') }} as forms
    from names_listed
    left join forms_spelled
        on
            forms_spelled.is_known_anywhere
            and {{ contains_text('names_listed.spelled', 'forms_spelled.form') }}
    group by names_listed.company_name, names_listed.spelled

),

words_parted as (

    select
        company_name,
        trim({{ replace_pattern(
            "case when forms is null then spelled else " ~ without_matches('spelled', 'forms') ~ " end",
            '[^\\p{L}\\p{N}]+',
            ' '
        ) }}) as spelled
    from forms_anywhere_found

),

forms_at_the_end_found as (

    select
        words_parted.company_name,
        words_parted.spelled,
        {{ any_of_texts('forms_spelled.form') }} as forms
    from words_parted
    left join forms_spelled
        on
            not forms_spelled.is_known_anywhere
            and {{ contains_text('words_parted.spelled', 'forms_spelled.form') }}
    group by words_parted.company_name, words_parted.spelled

),

endings_removed as (

    select
        company_name,
        case
            when forms is null then spelled
            else {{ without_matches('spelled', "'( (' || forms || '))+$'") }}
        end as spelled
    from forms_at_the_end_found

),

names_normalized as (

    select
        company_name,
        nullif(replace(spelled, ' ', ''), '') as normalized_company
    from endings_removed

)

select * from names_normalized
