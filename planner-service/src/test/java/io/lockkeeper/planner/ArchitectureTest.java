package io.lockkeeper.planner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import java.util.Arrays;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The walls of the house, seen from this room. */
class ArchitectureTest {

    private static final String[] FEATURES = {"io.lockkeeper.planner.release..", "io.lockkeeper.planner.catalog..",
            "io.lockkeeper.planner.statement..", "io.lockkeeper.planner.rewrite..", "io.lockkeeper.planner.plan.."};
    private static final String[] EDGES = {"io.lockkeeper.planner.kafka..", "io.lockkeeper.planner.postgres..",
            "io.lockkeeper.planner.http..", "io.lockkeeper.planner.config.."};

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.lockkeeper.planner");

    @Test
    void featuresKnowTheJdkContractsAndEachOtherAlone() {
        classes().that().resideInAnyPackage(FEATURES).should().onlyDependOnClassesThat().resideInAnyPackage(
                concat(FEATURES, "java..", "io.lockkeeper.messages..", "io.lockkeeper.grammar..",
                        // The parser's tree and the size of a plan are JSON; it is part of the contracts.
                        "com.fasterxml.jackson.core..", "com.fasterxml.jackson.databind.."))
                .check(CLASSES);
    }

    @Test
    void featuresDoNotKnowEdges() {
        noClasses().that().resideInAnyPackage(FEATURES).should().dependOnClassesThat().resideInAnyPackage(EDGES)
                .check(CLASSES);
    }

    @Test
    void nobodyKnowsAnotherService() {
        noClasses().should().dependOnClassesThat()
                .resideInAnyPackage("io.lockkeeper.executor..", "io.lockkeeper.observer..", "io.lockkeeper.cli..",
                        "io.lockkeeper.embedded..")
                .check(CLASSES);
    }

    @Test
    void kafkaPostgresAndHttpAreEachBehindOneEdge() {
        noClasses().that().resideOutsideOfPackage("io.lockkeeper.planner.kafka..").should().dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "io.smallrye.reactive.messaging..",
                        "org.eclipse.microprofile.reactive.messaging..")
                .check(CLASSES);
        noClasses().that().resideOutsideOfPackage("io.lockkeeper.planner.postgres..").should().dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.lockkeeper.target..").check(CLASSES);
        noClasses().that().resideOutsideOfPackage("io.lockkeeper.planner.http..").should().dependOnClassesThat()
                .resideInAnyPackage("jakarta.ws.rs..").check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.lockkeeper.planner.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    private static String[] concat(String[] first, String... more) {
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }
}
