with

persons as (

    select * from {{ ref('int_person_attributes') }}

),

company_forms as (

    select * from {{ ref('company_forms') }}

),

names_listed as (

    select
        company_name,
        lower({{ unicode_normalized('company_name') }}) as spelled
    from persons
    where company_name is not null
    group by company_name

),

forms_spelled as (

    select lower({{ unicode_normalized('form') }}) as form
    from company_forms

),

-- a form of letters a to z could stand inside of a word, any other is known wherever it stands
patterns_built as (

    select
        {{ any_of_texts("case when " ~ matches_pattern('form', '[^a-z]') ~ " then form end") }} as form_anywhere,
        {{ any_of_texts("case when not " ~ matches_pattern('form', '[^a-z]') ~ " then form end") }} as form_at_the_end
    from forms_spelled

),

forms_removed as (

    select
        names_listed.company_name,
        patterns_built.form_at_the_end,
        case
            when patterns_built.form_anywhere is null then names_listed.spelled
            else {{ without_matches('names_listed.spelled', 'patterns_built.form_anywhere') }}
        end as spelled
    from names_listed
    cross join patterns_built

),

words_parted as (

    select
        company_name,
        form_at_the_end,
        trim({{ replace_pattern('spelled', '[^\\p{L}\\p{N}]+', ' ') }}) as spelled
    from forms_removed

),

endings_removed as (

    select
        company_name,
        case
            when form_at_the_end is null then spelled
            else {{ without_matches('spelled', "'( (' || form_at_the_end || '))+$'") }}
        end as spelled
    from words_parted

),

names_normalized as (

    select
        company_name,
        nullif(replace(spelled, ' ', ''), '') as normalized_company
    from endings_removed

)

select * from names_normalized
