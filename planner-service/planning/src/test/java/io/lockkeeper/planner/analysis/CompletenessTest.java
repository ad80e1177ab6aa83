package io.lockkeeper.planner.analysis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

/** Nothing that the parser can say is forgotten: the names of all its nodes stand in the parser itself. */
class CompletenessTest {

    private static final String PARSER = "/io/lockkeeper/grammar/compiled/LibpgQueryModule.meta";

    /** Parts of other statements, and what only the server makes of them. */
    private static final Set<String> NO_STATEMENTS = Set.of("RawStmt", "PLAssignStmt", "ReturnStmt",
            "ReplicaIdentityStmt", "SetOperationStmt", "AlterTableStmt");

    /** Subcommands that the server makes while it works. */
    private static final Set<String> OF_THE_SERVER = Set.of("AT_AddColumnToView", "AT_AddIndex", "AT_ReAddIndex",
            "AT_ReAddConstraint", "AT_ReAddDomainConstraint", "AT_AddIndexConstraint", "AT_ReAddComment",
            "AT_ReAddStatistics", "AT_CheckNotNull");

    /** Neither RENAME nor DROP has them: they have statements of their own, or go with what they belong to. */
    private static final Set<String> NAMELESS = Set.of("OBJECT_AMOP", "OBJECT_AMPROC", "OBJECT_DEFACL",
            "OBJECT_DEFAULT", "OBJECT_LARGEOBJECT", "OBJECT_PARAMETER_ACL", "OBJECT_PUBLICATION_NAMESPACE",
            "OBJECT_PUBLICATION_REL", "OBJECT_USER_MAPPING");

    @Test
    void everyKindOfStatementIsClassified() throws IOException {
        Set<String> known = new TreeSet<>(NO_STATEMENTS);
        Analyzer.kinds().forEach(kind -> known.add(kind.split(" ")[0]));
        assertThat(named("(?<![A-Za-z])[A-Z][A-Za-z]+Stmt(?![A-Za-z])")).isNotEmpty().isSubsetOf(known);
    }

    @Test
    void everySubcommandOfAlterTableIsClassified() throws IOException {
        Set<String> known = new TreeSet<>(OF_THE_SERVER);
        Analyzer.kinds().forEach(kind -> known.add(kind.split(" ")[0]));
        assertThat(named("AT_[A-Z][a-z][A-Za-z]*")).isNotEmpty().isSubsetOf(known);
    }

    @Test
    void everyKindOfObjectCanBeRenamedAndDropped() throws IOException {
        Set<String> named = named("(?<![A-Z_])OBJECT_[A-Z_]{2,}");
        named.removeAll(NAMELESS);
        Set<String> known = new TreeSet<>();
        Analyzer.kinds().stream().filter(kind -> kind.startsWith("RenameStmt ") || kind.startsWith("DropStmt "))
                .forEach(kind -> known.add(kind.split(" ")[1]));
        assertThat(named).isNotEmpty().isSubsetOf(known);
    }

    @Test
    void everyConstraintIsClassified() throws IOException {
        Set<String> attributes = named("CONSTR_[A-Z_]+");
        attributes.removeIf(name -> name.startsWith("CONSTR_ATTR"));
        attributes.removeAll(Set.of("CONSTR_NULL", "CONSTR_DEFAULT", "CONSTR_IDENTITY", "CONSTR_GENERATED"));
        Set<String> known = new TreeSet<>();
        Analyzer.kinds().stream().filter(kind -> kind.startsWith("AT_AddConstraint "))
                .forEach(kind -> known.add(kind.split(" ")[1]));
        assertThat(attributes).isNotEmpty().isSubsetOf(known);
    }

    private static Set<String> named(String pattern) throws IOException {
        try (var in = CompletenessTest.class.getResourceAsStream(PARSER)) {
            Matcher matcher = Pattern.compile(pattern)
                    .matcher(new String(in.readAllBytes(), StandardCharsets.ISO_8859_1));
            Set<String> names = new TreeSet<>();
            while (matcher.find()) {
                names.add(matcher.group());
            }
            return names;
        }
    }
}
