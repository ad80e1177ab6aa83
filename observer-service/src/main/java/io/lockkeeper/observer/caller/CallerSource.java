package io.lockkeeper.observer.caller;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lockkeeper.messages.Watch.RetiredRoutine;

/** Port: who may use a shape, as catalog and statistics show it. Used by one thread. */
public interface CallerSource {

    /** What one node has counted. */
    sealed interface Statements {

        String node();
    }

    /**
     * @param epoch changes when anything was forgotten: a reset, an eviction, a restart without saved statistics
     * @param calls by id: query id and role
     */
    record Counted(String node, String epoch, Map<String, Long> calls) implements Statements {

        public Counted {
            calls = Map.copyOf(calls);
        }
    }

    /** As {@link Counted}, of calls of the routines themselves, whoever made them: ids are routines. */
    record Called(String node, String epoch, Map<String, Long> calls) implements Statements {

        public Called {
            calls = Map.copyOf(calls);
        }
    }

    /** @param installed the node counts statements, only it cannot be read now */
    record Uncounted(String node, String why, boolean installed) implements Statements {}

    /** Of the primary and every configured replica. */
    List<Statements> statements();

    /** Of the primary and every configured replica: calls of these routines, where {@code track_functions} counts them. */
    List<Statements> calls(List<RetiredRoutine> routines);

    /** Texts of counted statements, by id; our own are left out. An empty text could not be read. */
    Map<String, String> texts(String node, Collection<String> ids);

    /** Names of the applications whose sessions ran one of these last, as far as they are still there. */
    List<String> applications(String node, Collection<String> ids);

    /** Views, policies, triggers and SQL routines that the server itself knows to need one of these. */
    List<String> dependents(OldShape shape);

    /** Routines whose bodies may name one of these: those that do not have even its letters are left out. */
    List<Routine> routines(OldShape shape);

    /** Commands of the jobs that are scheduled in this database, by name; absent where they may not be read. */
    Optional<Map<String, String>> jobs();

    /** Standbys that follow the primary beyond the configured replicas: whoever reads there is not seen. */
    int unwatchedStandbys();
}
