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

    /** @param superuser connected to the database, with auto-commit */
    public static Prepared apply(Installation installation, HomeDirectory home, String target, Connection superuser,
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
                credentials.put(role, TargetFile.withSecret(home, target, user, newPassword(superuser, user)));
            }
            String applicationPassword = newPassword(superuser, application);
            TargetFile.withSecret(home, target, application, applicationPassword);
            return new Prepared(credentials, applicationPassword);
        } catch (SQLException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE,
                    "cannot make Lockkeeper's roles for target " + target + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.UNREACHABLE, "cannot read " + installation.rolesSql(), e);
        }
    }

    private static String newPassword(Connection superuser, String user) throws SQLException {
        byte[] random = new byte[24];
        RANDOM.nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        try (var statement = superuser.createStatement()) {
            statement.execute("ALTER ROLE " + Identifier.quote(user) + " PASSWORD " + Identifier.literal(password));
        }
        return password;
    }
}
