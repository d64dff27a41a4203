with

person_fit_scores as (

    select * from {{ ref('int_person_fit_scores') }}

),

fit_grades as (

    select * from {{ ref('fit_grades') }}

),

grades_from as (

    select
        fit_grade,
        min_points,
        lead(min_points) over (order by min_points) as next_min_points
    from fit_grades

),

persons_graded as (

    select
        person_fit_scores.person_id,
        person_fit_scores.fit_score,
        person_fit_scores.is_excluded,
        coalesce(grades_from.fit_grade, 'none') as fit_grade
    from person_fit_scores
    left join grades_from
        on
            person_fit_scores.fit_score >= grades_from.min_points
            and (person_fit_scores.fit_score < grades_from.next_min_points or grades_from.next_min_points is null)

)

select * from persons_graded
