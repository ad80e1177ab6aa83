package io.lockkeeper.cli.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.lockkeeper.cli.CommandFailure;
import io.lockkeeper.cli.ExitCode;
import io.lockkeeper.cli.Installation;
import io.lockkeeper.cli.client.HomeDirectory;
import io.lockkeeper.cli.stack.TargetFile.Credential;
import io.lockkeeper.messages.Identifier;

/** {@code deploy/sql/roles.sql}, run in a database, and random passwords for what it makes. */
public final class RolesScript {

    private static final List<String> ROLES = List.of("planner", "migrator", "observer", "cdc");
    private static final SecureRandom RANDOM = new SecureRandom();

    private RolesScript() {}

    /** The credentials of Lockkeeper's roles for the target file, and the application's password. */
    public record Prepared(Map<String, Credential> credentials, String applicationPassword) {}

    /**
     * @param server    names the server in the home's secrets: roles belong to it, whatever databases it has, and so a
     *                  second database gets the passwords of the first
     * @param superuser connected to the database, with auto-commit
     */
    public static Prepared apply(Installation installation, HomeDirectory home, String server, Connection superuser,
            String owner, String application) {
        try (var statement = superuser.createStatement();
                var setting = superuser.prepareStatement("SELECT set_config(?, ?, false)")) {
            for (var pair : Map.of("lockkeeper.owner", owner, "lockkeeper.application", application).entrySet()) {
                setting.setString(1, pair.getKey());
                setting.setString(2, pair.getValue());
                setting.executeQuery().close();
            }
            statement.execute(Files.readString(installation.rolesSql()));
            Map<String, Credential> credentials = new LinkedHashMap<>();
            for (String role : ROLES) {
                String user = "lockkeeper_" + role;
                credentials.put(role,
                        TargetFile.withSecret(home, server, user, password(home, server, superuser, user)));
            }
            String applicationPassword = password(home, server, superuser, application);
            TargetFile.withSecret(home, server, application, applicationPassword);
            return new Prepared(credentials, applicationPassword);
        } catch (SQLException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE,
                    "cannot make Lockkeeper's roles on " + server + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "cannot read " + installation.rolesSql(), e);
        }
    }

    private static String password(HomeDirectory home, String server, Connection superuser, String user)
            throws SQLException {
        String password = TargetFile.secret(home, server, user).orElseGet(RolesScript::newPassword);
        try (var statement = superuser.createStatement()) {
            statement.execute("ALTER ROLE " + Identifier.quote(user) + " PASSWORD " + Identifier.literal(password));
        }
        return password;
    }

    private static String newPassword() {
        byte[] random = new byte[24];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
