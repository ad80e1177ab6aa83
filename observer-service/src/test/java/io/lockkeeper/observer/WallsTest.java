package io.lockkeeper.observer;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

import io.lockkeeper.target.SqlFailure;
import io.lockkeeper.target.SqlState;
import io.lockkeeper.target.TargetException;

class WallsTest {

    private static final String[] FEATURES = {"..observer.alert..", "..observer.caller..", "..observer.console..",
            "..observer.gate..",
            "..observer.health..", "..observer.invariant..", "..observer.ledger..", "..observer.observation..",
            "..observer.parity..", "..observer.session.."};

    private static final JavaClasses OBSERVER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.lockkeeper.observer");

    @Test
    void featuresKnowTheLanguageAndEachOther() {
        classes().that().resideInAnyPackage(FEATURES).should().onlyDependOnClassesThat(
                resideInAnyPackage(FEATURES)
                        .or(resideInAnyPackage("java..", "io.lockkeeper.messages", "io.lockkeeper.grammar",
                                "org.jboss.logging"))
                        .or(type(SqlFailure.class)).or(type(SqlState.class)).or(type(TargetException.class)))
                .check(OBSERVER);
    }

    @Test
    void observerKnowsNoOtherService() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("io.lockkeeper.planner..",
                "io.lockkeeper.executor..").check(OBSERVER);
    }

    @Test
    void debeziumLivesInOnePackage() {
        noClasses().that().resideOutsideOfPackage("..observer.cdc..").should().dependOnClassesThat()
                .resideInAnyPackage("io.debezium..", "org.apache.kafka.connect..").check(OBSERVER);
    }

    @Test
    void celLivesInOnePackage() {
        noClasses().that().resideOutsideOfPackage("..observer.cel..").should().dependOnClassesThat()
                .resideInAnyPackage("dev.cel..", "com.google.protobuf..").check(OBSERVER);
    }

    @Test
    void kafkaLivesAtItsEdges() {
        noClasses().that().resideOutsideOfPackages("..observer.cdc..", "..observer.kafka..").should()
                .dependOnClassesThat().resideInAnyPackage("org.apache.kafka..", "io.smallrye.reactive.messaging..")
                .check(OBSERVER);
    }

    @Test
    void sqlLivesInOnePackage() {
        noClasses().that().resideOutsideOfPackage("..observer.postgres..").should().dependOnClassesThat()
                .resideInAnyPackage("io.vertx.sqlclient..", "io.vertx.pgclient..").check(OBSERVER);
    }
}
