#!/usr/bin/env bash
# Runs once in a new container of PostgreSQL: the role of Odoo may make and rename its
# databases, and nothing beyond. It is not the one that may do everything.
set -euo pipefail

psql -Xq -U "$POSTGRES_USER" -v ON_ERROR_STOP=1 -v role="$SOS_DB_USER" -d postgres <<'SQL'
\getenv password SOS_DB_PASSWORD
CREATE ROLE :"role" LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOREPLICATION
    PASSWORD :'password';
SQL
