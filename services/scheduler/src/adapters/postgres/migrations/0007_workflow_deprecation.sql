-- A version that new runs should not start on. The one thing about a version that changes.
alter table workflow_version add column deprecated_at timestamptz;
alter table workflow_version add column deprecation_reason text not null default '';
