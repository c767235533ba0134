-- The roles of docker-compose.yml, with their databases. Runs at every start; a changed password is set.
-- Passwords are in :arx and :temporal, read from the environment.
select format('create role %I login', name)
from unnest(array['arx', 'temporal']) as name
where not exists (select from pg_roles where rolname = name)
\gexec
alter role arx nosuperuser nocreatedb nocreaterole noreplication password :'arx';
alter role temporal nosuperuser nocreatedb nocreaterole noreplication password :'temporal';

select format('create database %I owner %I', name, owner)
from (values ('arx', 'arx'), ('temporal', 'temporal'), ('temporal_visibility', 'temporal')) as needed (name, owner)
where not exists (select from pg_database where datname = name)
\gexec
revoke all on database arx, temporal, temporal_visibility from public;
revoke connect on database postgres from public;
