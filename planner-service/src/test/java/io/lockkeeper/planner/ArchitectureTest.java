package io.lockkeeper.planner;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** The walls of the house, seen from this room. */
class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.lockkeeper.planner");

    @Test
    void nobodyKnowsAnotherService() {
        noClasses().should().dependOnClassesThat()
                .resideInAnyPackage("io.lockkeeper.executor..", "io.lockkeeper.observer..", "io.lockkeeper.cli..",
                        "io.lockkeeper.embedded..")
                .check(CLASSES);
    }

    @Test
    void kafkaAndHttpAreEachBehindOneEdge() {
        noClasses().that().resideOutsideOfPackage("io.lockkeeper.planner.kafka..").should().dependOnClassesThat()
                .resideInAnyPackage("org.apache.kafka..", "io.smallrye.reactive.messaging..",
                        "org.eclipse.microprofile.reactive.messaging..")
                .check(CLASSES);
        noClasses().that().resideOutsideOfPackage("io.lockkeeper.planner.http..").should().dependOnClassesThat()
                .resideInAnyPackage("jakarta.ws.rs..").check(CLASSES);
    }

    @Test
    void packagesFormNoCycle() {
        slices().matching("io.lockkeeper.planner.(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}
