-- What calls cost, as agents say, in millionths of a US dollar.
ALTER TABLE metric ADD COLUMN cost_micro_usd bigint NOT NULL DEFAULT 0;
