-- Servers whose methods rpc nodes and tools call.
create table rpc_service (
  namespace         text collate "C" not null,
  service_id        text collate "C" not null,
  description       text             not null,
  protocol          text             not null check (protocol in ('GRPC', 'CONNECT', 'GRPC_WEB')),
  addresses         text[]           not null check (cardinality(addresses) > 0),
  tls               boolean          not null,
  -- An uploaded google.protobuf.FileDescriptorSet, its SHA-256 and the services in it; null: reflection is asked.
  descriptor_set    bytea,
  descriptor_digest bytea,
  service_names     text[]           not null,
  created_at        timestamptz      not null default now(),
  updated_at        timestamptz      not null default now(),
  primary key (namespace, service_id),
  check ((descriptor_set is null) = (descriptor_digest is null))
);
