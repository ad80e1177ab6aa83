package io.lockkeeper.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Collectors;

/** Processor time of a server on this machine. */
record ServerCpu(Connection connection, long postmaster, double ticks) implements AutoCloseable {

    static ServerCpu of(Server server, String database) throws SQLException, IOException, InterruptedException {
        Connection connection = server.connect(database);
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT pg_backend_pid()")) {
            rows.next();
            Process getconf = new ProcessBuilder("getconf", "CLK_TCK").start();
            String ticks = new String(getconf.getInputStream().readAllBytes()).strip();
            getconf.waitFor();
            return new ServerCpu(connection, Long.parseLong(stat(rows.getLong(1))[PARENT]),
                    Double.parseDouble(ticks));
        }
    }

    // proc(5), counted behind the name in parentheses.
    private static final int PARENT = 1;
    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int CHILDREN_USER = 13;
    private static final int CHILDREN_SYSTEM = 14;

    /** Of the processes that live, and of those that ended: the postmaster keeps their sum. */
    double seconds() throws IOException {
        while (true) {
            Set<Long> before = children();
            try {
                String[] own = stat(postmaster);
                long sum = Long.parseLong(own[USER]) + Long.parseLong(own[SYSTEM])
                        + Long.parseLong(own[CHILDREN_USER]) + Long.parseLong(own[CHILDREN_SYSTEM]);
                for (long child : before) {
                    String[] fields = stat(child);
                    sum += Long.parseLong(fields[USER]) + Long.parseLong(fields[SYSTEM]);
                }
                if (children().equals(before)) {
                    return sum / ticks;
                }
            } catch (NoSuchFileException e) {
                // One has ended between the two readings, and would be counted in neither.
            }
        }
    }

    private Set<Long> children() {
        return ProcessHandle.of(postmaster).orElseThrow().children().map(ProcessHandle::pid)
                .collect(Collectors.toSet());
    }

    private static String[] stat(long pid) throws IOException {
        String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        return line.substring(line.lastIndexOf(')') + 2).split(" ");
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
