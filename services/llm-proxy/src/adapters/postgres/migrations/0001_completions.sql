-- A completion by the name that its asker gave it. Without an answer: somebody has claimed the right to buy one.
create table completion (
  namespace       text collate "C" not null,
  idempotency_key text collate "C" not null,
  request_digest  bytea            not null,
  owner           text,
  claimed_until   timestamptz,
  -- UTF-8; a text column could not hold every character that a model can write.
  answer          bytea,
  model           text,
  finish_reason   text,
  input_tokens    bigint,
  output_tokens   bigint,
  created_at      timestamptz      not null default now(),
  answered_at     timestamptz,
  primary key (namespace, idempotency_key),
  check ((answered_at is null) = (owner is not null)),
  check ((answered_at is null) = (claimed_until is not null)),
  check ((answered_at is null) = (answer is null)),
  check (num_nonnulls(answer, model, finish_reason, input_tokens, output_tokens, answered_at) in (0, 6))
);

create index completion_by_age on completion (created_at);
