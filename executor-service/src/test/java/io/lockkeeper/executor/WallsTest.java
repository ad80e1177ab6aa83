package io.lockkeeper.executor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import java.util.Arrays;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class WallsTest {

    private static final String HOUSE = "io.lockkeeper.executor";
    /** Decide, and know neither a database nor a broker. */
    private static final String[] PURE = {HOUSE + ".run", HOUSE + ".gate", HOUSE + ".control", HOUSE + ".claim",
            HOUSE + ".pace", HOUSE + ".fault", HOUSE + ".history"};
    /** Act on the target, through the session of contracts. */
    private static final String[] ACTING = {HOUSE + ".lock", HOUSE + ".step", HOUSE + ".backfill", HOUSE + ".recovery",
            HOUSE + ".worker", HOUSE + ".throttle", HOUSE + ".outbox", HOUSE + ".doctor",
            HOUSE + ".preflight"};
    private static final String[] EDGES = {HOUSE + ".postgres", HOUSE + ".kafka", HOUSE + ".http", HOUSE + ".config"};

    private final JavaClasses service = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(HOUSE);

    @Test
    void pureFeaturesKnowOnlyTheJdkContractsAndEachOther() {
        classes().that().resideInAnyPackage(PURE).should().onlyDependOnClassesThat()
                .resideInAnyPackage(with(PURE, "java..", "io.lockkeeper.messages", "org.jboss.logging",
                        HOUSE + ".recovery"))
                .check(service);
    }

    @Test
    void pureFeaturesHaveNoSession() {
        noClasses().that().resideInAnyPackage(PURE).should().dependOnClassesThat()
                .resideInAnyPackage("io.lockkeeper.target..", "io.vertx..").check(service);
    }

    @Test
    void actingFeaturesKnowNoEdge() {
        noClasses().that().resideInAnyPackage(ACTING).should().dependOnClassesThat().resideInAnyPackage(EDGES)
                .check(service);
        classes().that().resideInAnyPackage(ACTING).should().onlyDependOnClassesThat()
                .resideInAnyPackage(with(with(PURE, ACTING), "java..", "io.lockkeeper.messages", "io.lockkeeper.target",
                        "io.vertx.sqlclient..", "io.vertx.core", "org.jboss.logging",
                        "com.fasterxml.jackson.annotation"))
                .check(service);
    }

    @Test
    void onlyTheWiringKnowsEveryEdge() {
        noClasses().that().resideInAPackage(HOUSE + ".kafka").should().dependOnClassesThat()
                .resideInAnyPackage(HOUSE + ".postgres", HOUSE + ".http", HOUSE + ".config").check(service);
        noClasses().that().resideInAPackage(HOUSE + ".postgres").should().dependOnClassesThat()
                .resideInAnyPackage(HOUSE + ".kafka", HOUSE + ".http", HOUSE + ".config").check(service);
    }

    @Test
    void noOtherServiceIsKnown() {
        noClasses().should().dependOnClassesThat()
                .resideInAnyPackage("io.lockkeeper.planner..", "io.lockkeeper.observer..", "io.lockkeeper.grammar..")
                .check(service);
    }

    private static String[] with(String[] packages, String... more) {
        String[] all = Arrays.copyOf(packages, packages.length + more.length);
        System.arraycopy(more, 0, all, packages.length, more.length);
        return all;
    }
}
