-- The roles that Lockkeeper connects as, with no more rights than each needs. Run it in the target database, as
-- superuser or as a role that owns the database, has CREATEROLE and is a member of the owner role. It can be run again.
--
--   PGOPTIONS="-c lockkeeper.owner=shop_owner -c lockkeeper.application=shop_app" psql -d shop -f roles.sql
--
--   lockkeeper.owner        role that owns the tables; made without login if it is missing. Required.
--   lockkeeper.application  role that the application connects as; gets DML only. Optional.
--   lockkeeper.function_owner  role that owns routines which run with the rights of their owner (SECURITY DEFINER); made
--                           without login and without what it is a member of. Optional.
--   lockkeeper.schemas      schemas with the tables that releases change, comma-separated. Default: public
--
-- Passwords are set apart from this file:  ALTER ROLE lockkeeper_migrator PASSWORD '…'  or  \password
--
--   role                 may                                                     because
--   lockkeeper_planner   read catalog and ledger                                 it plans; it reads no row, but for
--                        (SELECT on tables, by hand)                             rehearsals on sampled ones
--   the owner            CREATE on the database                                  the publication is its own
--   lockkeeper_migrator  act as the owner; CREATE on the database                DDL; the ledger
--                        pg_read_all_stats                                       to see who blocks
--   lockkeeper_observer  SELECT on the watched tables and the ledger             parity, invariants, open gates
--                        pg_monitor; CREATE on the database                      statistics; its own schema
--   lockkeeper_cdc       REPLICATION; SELECT on the watched tables               the slot and its stream
--   the function owner   make routines; rights on tables by hand         a definer's body may do what it needs,
--                                                                           not what the tables' owner may
--   the application      SELECT, INSERT, UPDATE, DELETE; sequences               no DDL
--
-- On managed PostgreSQL replace the REPLICATION attribute by the provider's role (rds_replication and the like).

DO $roles$
DECLARE
    owner_role    text := nullif(current_setting('lockkeeper.owner', true), '');
    application   text := nullif(current_setting('lockkeeper.application', true), '');
    functions     text := nullif(current_setting('lockkeeper.function_owner', true), '');
    schemas       text[] := string_to_array(
                      coalesce(nullif(current_setting('lockkeeper.schemas', true), ''), 'public'), ',');
    wanted        record;
    watched       text;
BEGIN
    IF owner_role IS NULL THEN
        RAISE EXCEPTION 'lockkeeper.owner is not set'
            USING HINT = 'PGOPTIONS="-c lockkeeper.owner=shop_owner" psql -f roles.sql';
    END IF;

    FOR wanted IN
        SELECT * FROM (VALUES
            (owner_role, 'NOLOGIN'),
            (application, 'LOGIN'),
            (functions, 'NOLOGIN NOINHERIT'),
            ('lockkeeper_planner', 'LOGIN'),
            ('lockkeeper_migrator', 'LOGIN INHERIT'),
            ('lockkeeper_observer', 'LOGIN INHERIT'),
            ('lockkeeper_cdc', 'LOGIN REPLICATION')) AS roles (name, attributes)
        WHERE name IS NOT NULL
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted.name) THEN
            EXECUTE format('CREATE ROLE %I %s', wanted.name, wanted.attributes);
        END IF;
        EXECUTE format('GRANT CONNECT ON DATABASE %I TO %I', current_database(), wanted.name);
    END LOOP;

    -- DDL and the publication need the owner of the tables; membership with INHERIT gives that without a superuser.
    EXECUTE format('GRANT %I TO lockkeeper_migrator', owner_role);
    -- Who replaces a routine must be its owner, or a member of it.
    IF functions IS NOT NULL THEN
        EXECUTE format('GRANT %I TO %I', functions, owner_role);
    END IF;
    -- The publication is made as the owner, who must be allowed to make objects in the database for that.
    EXECUTE format('GRANT CREATE ON DATABASE %I TO %I, lockkeeper_migrator, lockkeeper_observer', current_database(),
        owner_role);
    GRANT pg_read_all_stats TO lockkeeper_migrator;
    GRANT pg_monitor TO lockkeeper_observer;

    -- The ledger and the synchronising functions, made before their first use so that reading them can be granted now.
    CREATE SCHEMA IF NOT EXISTS lockkeeper;
    CREATE SCHEMA IF NOT EXISTS lockkeeper_sync;
    ALTER SCHEMA lockkeeper OWNER TO lockkeeper_migrator;
    ALTER SCHEMA lockkeeper_sync OWNER TO lockkeeper_migrator;
    GRANT USAGE ON SCHEMA lockkeeper TO lockkeeper_observer, lockkeeper_planner;
    GRANT USAGE ON SCHEMA lockkeeper_sync TO lockkeeper_observer;
    EXECUTE format('GRANT USAGE, CREATE ON SCHEMA lockkeeper_sync TO %I', owner_role);
    ALTER DEFAULT PRIVILEGES FOR ROLE lockkeeper_migrator IN SCHEMA lockkeeper
        GRANT SELECT ON TABLES TO lockkeeper_observer, lockkeeper_planner;
    GRANT SELECT ON ALL TABLES IN SCHEMA lockkeeper TO lockkeeper_observer, lockkeeper_planner;

    FOREACH watched IN ARRAY schemas LOOP
        watched := trim(watched);
        EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', watched, owner_role);
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO lockkeeper_planner, lockkeeper_observer, lockkeeper_cdc', watched);
        EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO lockkeeper_observer, lockkeeper_cdc', watched);
        EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I'
            || ' GRANT SELECT ON TABLES TO lockkeeper_observer, lockkeeper_cdc', owner_role, watched);
        IF functions IS NOT NULL THEN
            EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', watched, functions);
        END IF;
        IF application IS NOT NULL THEN
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', watched, application);
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', watched, application);
            EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', watched, application);
            EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I'
                || ' GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO %I', owner_role, watched, application);
            EXECUTE format('ALTER DEFAULT PRIVILEGES FOR ROLE %I IN SCHEMA %I GRANT USAGE ON SEQUENCES TO %I',
                owner_role, watched, application);
        END IF;
    END LOOP;
END
$roles$;
