package io.lockkeeper.planner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import java.util.Arrays;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The walls of planning: a library that no container is needed for. */
class ArchitectureTest {

    private static final String[] FEATURES = {"io.lockkeeper.planner.analysis..", "io.lockkeeper.planner.release..",
            "io.lockkeeper.planner.catalog..", "io.lockkeeper.planner.statement..", "io.lockkeeper.planner.rewrite..",
            "io.lockkeeper.planner.policy..", "io.lockkeeper.planner.plan..", "io.lockkeeper.planner.report..",
            "io.lockkeeper.planner.rehearsal..", "io.lockkeeper.planner.review..", "io.lockkeeper.planner.routine.."};

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.lockkeeper.planner");

    @Test
    void featuresKnowTheJdkContractsAndEachOtherAlone() {
        classes().that().resideInAnyPackage(FEATURES).should().onlyDependOnClassesThat().resideInAnyPackage(
                concat(FEATURES, "java..", "io.lockkeeper.messages..", "io.lockkeeper.grammar..",
                        // The parser's tree, the size of a plan and reports are JSON; it is part of the contracts.
                        "com.fasterxml.jackson.."))
                .check(CLASSES);
    }

    @Test
    void nobodyKnowsTheService() {
        noClasses().should().dependOnClassesThat()
                .resideInAnyPackage("io.quarkus..", "jakarta..", "org.eclipse.microprofile..", "org.apache.kafka..",
                        "io.lockkeeper.service..")
                .check(CLASSES);
    }

    @Test
    void postgresIsBehindOneEdge() {
        noClasses().that().resideOutsideOfPackage("io.lockkeeper.planner.postgres..").should().dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.lockkeeper.target..").check(CLASSES);
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
