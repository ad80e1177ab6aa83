package io.lockkeeper.planner.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.lockkeeper.grammar.SyntaxNode;

/** Finds what is denied in a statement's tree: statements, settings, and functions wherever they are called. */
final class Denials {

    private static final Map<Rule, Set<String>> FUNCTIONS = Map.of(
            Rule.SERVER_FILE,
            Set.of("pg_read_file", "pg_read_binary_file", "pg_ls_dir", "pg_ls_logdir", "pg_ls_waldir",
                    "pg_ls_tmpdir", "pg_ls_archive_statusdir", "pg_ls_logicalsnapdir", "pg_ls_logicalmapdir",
                    "pg_ls_replslotdir", "pg_ls_summariesdir", "pg_stat_file", "pg_file_write", "pg_file_read",
                    "pg_file_rename", "pg_file_unlink", "pg_file_sync", "lo_import", "lo_export", "pg_current_logfile"),
            Rule.REMOTE_ACCESS,
            Set.of("dblink", "dblink_connect", "dblink_connect_u", "dblink_exec", "dblink_open", "dblink_fetch",
                    "dblink_send_query", "dblink_get_result", "dblink_build_sql_insert"),
            Rule.SERVER_CONTROL,
            Set.of("pg_terminate_backend", "pg_cancel_backend", "pg_reload_conf", "pg_rotate_logfile", "pg_promote",
                    "pg_switch_wal", "pg_create_restore_point", "pg_wal_replay_pause", "pg_wal_replay_resume",
                    "pg_create_physical_replication_slot", "pg_create_logical_replication_slot",
                    "pg_copy_logical_replication_slot", "pg_drop_replication_slot", "pg_replication_slot_advance",
                    "pg_logical_slot_get_changes", "pg_backup_start", "pg_backup_stop", "pg_start_backup",
                    "pg_stop_backup", "pg_sync_replication_slots", "pg_logical_emit_message", "pg_stat_reset",
                    "pg_stat_reset_shared", "pg_stat_reset_single_table_counters",
                    "pg_stat_reset_single_function_counters", "pg_stat_statements_reset"));

    private static final Set<String> ROLES = Set.of("CreateRoleStmt", "AlterRoleStmt", "AlterRoleSetStmt",
            "DropRoleStmt", "GrantRoleStmt", "ReassignOwnedStmt", "DropOwnedStmt");
    private static final Set<String> SERVER_WIDE = Set.of("AlterSystemStmt", "CreatedbStmt", "DropdbStmt",
            "AlterDatabaseStmt", "AlterDatabaseSetStmt", "AlterDatabaseRefreshCollStmt", "CreateTableSpaceStmt",
            "DropTableSpaceStmt", "AlterTableSpaceOptionsStmt", "CheckPointStmt");
    private static final Set<String> REMOTE = Set.of("CreateForeignServerStmt", "AlterForeignServerStmt",
            "CreateFdwStmt", "AlterFdwStmt", "CreateUserMappingStmt", "AlterUserMappingStmt", "CreateSubscriptionStmt",
            "AlterSubscriptionStmt", "DropSubscriptionStmt", "ImportForeignSchemaStmt");
    /** Catalogs that all databases of a server have in common. */
    private static final Set<String> SHARED = Set.of("pg_authid", "pg_auth_members", "pg_database",
            "pg_db_role_setting", "pg_parameter_acl", "pg_replication_origin", "pg_shdepend", "pg_shdescription",
            "pg_shseclabel", "pg_subscription", "pg_tablespace");
    private static final Set<String> ACTS_AS = Set.of("role", "session_authorization");
    private static final Set<String> SAFE_LANGUAGES = Set.of("sql", "plpgsql");

    private final List<Denial> found = new ArrayList<>();
    private final boolean routine;

    private Denials(SyntaxNode statement) {
        routine = statement.is("CreateFunctionStmt") || statement.is("AlterFunctionStmt");
    }

    static List<Denial> in(SyntaxNode statement) {
        Denials denials = new Denials(statement);
        statement.typedNodes().forEach(denials::look);
        return denials.found;
    }

    private void look(SyntaxNode node) {
        String type = node.type();
        if (ROLES.contains(type)) {
            deny(Rule.ROLE_CHANGE, role(node), "changes roles");
        } else if (SERVER_WIDE.contains(type)) {
            deny(Rule.ALTER_SYSTEM, name(node, "setstmt", "dbname", "tablespacename"), "changes the server");
        } else if (REMOTE.contains(type)) {
            deny(Rule.REMOTE_ACCESS, name(node, "servername", "fdwname", "subname", "server_name"),
                    "reaches other servers");
        }
        switch (type) {
            case "CopyStmt" -> copy(node);
            case "LoadStmt" -> deny(Rule.NATIVE_CODE, node.string("filename"), "loads a library");
            case "CreatePLangStmt" -> deny(Rule.NATIVE_CODE, node.string("plname"), "installs a language");
            case "CreateFunctionStmt" -> language(node);
            case "DoStmt" -> node.list("args").stream().filter(arg -> arg.string("defname").equals("language"))
                    .forEach(arg -> language(arg.string("arg"), "DO"));
            case "CreateExtensionStmt", "AlterExtensionStmt", "AlterExtensionContentsStmt" ->
                deny(Rule.EXTENSION_CHANGE, node.string("extname"), "changes an extension");
            case "DropStmt" -> drop(node);
            case "AlterTableCmd" -> cascade(node, node.string("name"));
            case "TruncateStmt" -> truncate(node);
            case "RenameStmt" -> {
                if (node.string("renameType").equals("OBJECT_ROLE")) {
                    deny(Rule.ROLE_CHANGE, node.string("subname"), "renames a role");
                }
            }
            case "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt" -> write(node.get("relation"));
            case "VariableSetStmt" -> setting(node.string("name"));
            case "FuncCall" -> call(node);
            default -> {
                // Nothing that a rule is about.
            }
        }
    }

    private void copy(SyntaxNode node) {
        String object = node.get("relation").isMissing() ? "query" : node.get("relation").string("relname");
        if (node.flag("is_program")) {
            deny(Rule.COPY_PROGRAM, object, "runs a program on the server");
        } else if (node.has("filename")) {
            deny(Rule.SERVER_FILE, object, "copies from or to a file of the server");
        }
    }

    private void language(SyntaxNode function) {
        String name = String.join(".", function.strings("funcname"));
        for (SyntaxNode option : function.list("options")) {
            if (option.string("defname").equals("language")) {
                language(option.string("arg"), name);
            }
        }
    }

    /** Trusted languages end without a u by convention; the server's own catalog has the last word when it runs. */
    private void language(String language, String object) {
        boolean confined = SAFE_LANGUAGES.contains(language)
                || language.startsWith("pl") && !language.endsWith("u");
        if (!confined) {
            deny(Rule.NATIVE_CODE, object, "is written in " + language);
        }
    }

    private void drop(SyntaxNode node) {
        String object = node.list("objects").stream().map(Denials::objectName).collect(Collectors.joining(", "));
        if (node.string("removeType").equals("OBJECT_EXTENSION")) {
            deny(Rule.EXTENSION_CHANGE, object, "drops an extension");
        }
        cascade(node, object);
    }

    private void cascade(SyntaxNode node, String object) {
        if (node.string("behavior").equals("DROP_CASCADE")) {
            deny(Rule.DROP_CASCADE, object, "drops with CASCADE");
        }
    }

    private void truncate(SyntaxNode node) {
        if (node.string("behavior").equals("DROP_CASCADE")) {
            deny(Rule.TRUNCATE_CASCADE, node.list("relations").stream().map(relation -> relation.string("relname"))
                    .collect(Collectors.joining(", ")), "truncates with CASCADE");
        }
    }

    private void write(SyntaxNode relation) {
        String schema = relation.string("schemaname");
        String name = relation.string("relname");
        if (schema.equals("pg_catalog") || schema.isEmpty() && name.startsWith("pg_")) {
            deny(SHARED.contains(name) ? Rule.ALTER_SYSTEM : Rule.SYSTEM_CATALOG, name, "writes to " + name);
        }
    }

    /** @param written in any case, as the server takes it */
    private void setting(String written) {
        String name = written.toLowerCase(Locale.ROOT);
        if (name.equals("search_path") && routine) {
            return; // a routine's own search path pins what its names mean
        }
        if (name.equals("search_path")) {
            deny(Rule.SEARCH_PATH, name, "sets search_path");
        } else if (name.equals("session_replication_role")) {
            deny(Rule.REPLICATION_ROLE, name, "sets session_replication_role");
        } else if (ACTS_AS.contains(name)) {
            deny(Rule.ROLE_CHANGE, name, "acts as another role");
        }
    }

    private void call(SyntaxNode node) {
        List<String> names = node.strings("funcname");
        String name = names.get(names.size() - 1);
        boolean builtin = names.size() == 1 || names.get(names.size() - 2).equals("pg_catalog");
        FUNCTIONS.forEach((rule, functions) -> {
            // dblink's functions live in whatever schema the extension was put into.
            if (functions.contains(name) && (builtin || rule == Rule.REMOTE_ACCESS)) {
                deny(rule, name, "calls " + name);
            }
        });
        if (name.equals("set_config") && builtin) {
            String setting = node.list("args").isEmpty()
                    ? ""
                    : node.list("args").get(0).get("sval").string("sval");
            if (setting.isEmpty()) {
                deny(Rule.SEARCH_PATH, name, "calls set_config for a setting that is not written out");
            }
            setting(setting);
        }
    }

    private void deny(Rule rule, String object, String what) {
        found.add(new Denial(rule, object.isEmpty() ? rule.id() : object, what));
    }

    private static String role(SyntaxNode node) {
        List<SyntaxNode> roles = new ArrayList<>(node.list("roles"));
        roles.addAll(node.list("granted_roles"));
        node.find("role").ifPresent(roles::add);
        return roles.isEmpty()
                ? node.string("role")
                : roles.stream().map(role -> role.has("priv_name")
                        ? role.string("priv_name")
                        : role.string("rolename")).collect(Collectors.joining(", "));
    }

    private static String name(SyntaxNode node, String... fields) {
        for (String field : fields) {
            String name = node.get(field).isMissing() ? node.string(field) : node.get(field).string("name");
            if (!name.isEmpty()) {
                return name;
            }
        }
        return "";
    }

    private static String objectName(SyntaxNode object) {
        List<String> parts = object.is("List") ? object.strings("items") : object.strings("objname");
        return parts.isEmpty() ? object.string("sval") : String.join(".", parts);
    }
}
