package io.lockkeeper.planner.rehearsal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lockkeeper.grammar.PostgresGrammar;
import io.lockkeeper.messages.Action;
import io.lockkeeper.messages.Application;
import io.lockkeeper.messages.LockMode;
import io.lockkeeper.messages.MigrationFile;
import io.lockkeeper.messages.Plan;
import io.lockkeeper.messages.PlanEvent;
import io.lockkeeper.messages.Policy;
import io.lockkeeper.messages.Refusal;
import io.lockkeeper.messages.Rehearsal;
import io.lockkeeper.messages.Rehearsal.DownVerdict;
import io.lockkeeper.messages.RelationName;
import io.lockkeeper.messages.ReleaseEvent.ReleaseRequested;
import io.lockkeeper.messages.Step;
import io.lockkeeper.planner.cases.CatalogLines;
import io.lockkeeper.planner.plan.Planner;
import io.lockkeeper.planner.plan.Planning;
import io.lockkeeper.planner.plan.Rehearsals;
import io.lockkeeper.planner.plan.Sample;
import io.lockkeeper.planner.plan.TargetSnapshot;
import io.lockkeeper.planner.plan.Targets;
import io.lockkeeper.planner.postgres.TestScratch;
import io.lockkeeper.planner.postgres.TestTargets;
import io.lockkeeper.testbed.TestDatabase;
import io.lockkeeper.testbed.TestPostgres;

/** What a rehearsal finds: plans are tampered with here, so that the server contradicts them. */
class RehearserIT {

    private static final RelationName ORDERS = RelationName.of("public", "orders");
    private static final Vertx VERTX = Vertx.vertx();
    private static final PostgresGrammar GRAMMAR = new PostgresGrammar();

    @TempDir
    static Path home;

    private TestDatabase shop;
    private ScratchServer server;
    private Rehearser rehearser;

    @AfterAll
    static void stop() {
        VERTX.close().toCompletionStage().toCompletableFuture().join();
        GRAMMAR.close();
    }

    @BeforeEach
    void create() throws Exception {
        shop = TestPostgres.shared().createDatabase("rehearsed");
        shop.execute("CREATE TABLE public.orders (id bigint PRIMARY KEY, status text, amount integer)");
        TestTargets.add(home, "shop", shop);
        server = TestScratch.on(VERTX, home, shop);
        rehearser = new Rehearser(server, GRAMMAR);
    }

    @AfterEach
    void drop() {
        shop.close();
    }

    @Test
    void copyOfARichSchemaHasTheSameCatalog() throws Exception {
        // The driver would take a body in SQL's own syntax apart at its semicolons.
        try (var connection = DriverManager.getConnection(shop.jdbcUrl() + "&preferQueryMode=simple");
                var statement = connection.createStatement()) {
            statement.execute(resource("/rich-schema.sql"));
        }
        try (TargetSnapshot snapshot = snapshot(); ScratchDatabase copy = server.create()) {
            assertThat(copy.load(snapshot.schema(), Sample.NONE).missing()).isEmpty();
            assertThat(copy.facts()).isEqualTo(CatalogLines.schema(shop));
            for (String table : List.of("Customer s", "orders", "events", "events_d", "events_d1", "base", "child", "v",
                    "mv")) {
                RelationName name = RelationName.of("sales", table);
                assertThat(copy.fingerprint(name)).as(table).isEqualTo(snapshot.fingerprint(name));
            }
        }
    }

    @Test
    void whatRunsOutsideOfATransactionIsSeenWithItsLocks() {
        Rehearsal rehearsal = passed(release("CREATE INDEX CONCURRENTLY orders_status ON orders (status);"));
        assertThat(rehearsal.steps()).filteredOn(step -> step.step().contains("create-index"))
                .flatExtracting(Rehearsal.StepTrace::locks)
                .containsExactly(new Step.LockClaim(ORDERS, LockMode.SHARE_UPDATE_EXCLUSIVE));
        assertThat(rehearsal.statements()).flatExtracting(Rehearsal.StatementTrace::locks)
                .containsExactly(new Step.LockClaim(ORDERS, LockMode.SHARE_UPDATE_EXCLUSIVE));
    }

    @Test
    void whatAStatementWouldHaveDoneAsWrittenIsEvidence() {
        Rehearsal rehearsal = passed(release("ALTER TABLE orders ALTER COLUMN amount TYPE bigint;"));
        assertThat(rehearsal.statements()).singleElement().satisfies(statement -> {
            assertThat(statement.rewrites()).containsExactly(ORDERS);
            assertThat(statement.locks()).contains(new Step.LockClaim(ORDERS, LockMode.ACCESS_EXCLUSIVE));
        });
        assertThat(rehearsal.steps()).flatExtracting(Rehearsal.StepTrace::rewrites).isEmpty();
    }

    @Test
    void lockAboveTheClaimFailsThePlan() {
        assertThat(refusals(release("ALTER TABLE orders ADD COLUMN note text;"), step -> new Step(step.id(),
                step.phase(), step.title(), step.gate(), step.action(), List.of(), step.undo(), step.validation(),
                step.pointOfNoReturn(), step.source(), step.estimate())))
                .anySatisfy(refusal -> {
                    assertThat(refusal.code()).isEqualTo("rehearsal-differs");
                    assertThat(refusal.message())
                            .contains("takes ACCESS EXCLUSIVE on public.orders, where the plan says nothing");
                    assertThat(refusal.location()).hasValueSatisfying(at -> assertThat(at.line()).isEqualTo(1));
                });
    }

    @Test
    void rewriteOfATableInUseFailsThePlan() {
        assertThat(refusals(release("ALTER TABLE orders ADD COLUMN note text;"),
                acting("ALTER TABLE public.orders ADD COLUMN note text",
                        "ALTER TABLE public.orders ALTER COLUMN amount TYPE bigint")))
                .extracting(Refusal::message).anyMatch(text -> text.contains("rewrites public.orders"));
    }

    @Test
    void planThatEndsElsewhereThanItsFilesFails() {
        assertThat(refusals(release("ALTER TABLE orders ADD COLUMN note text;"),
                acting("ALTER TABLE public.orders ADD COLUMN note varchar(9)")))
                .singleElement().satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo("rehearsal-result-differs");
                    assertThat(refusal.message()).contains("- column public.orders.note text",
                            "+ column public.orders.note character varying(9)");
                });
    }

    @Test
    void undoThatDoesNotUndoFailsThePlan() {
        assertThat(refusals(release("ALTER TABLE orders ADD COLUMN note text;"), step -> new Step(step.id(),
                step.phase(), step.title(), step.gate(), step.action(), step.locks(),
                step.source().map(source -> new Step.Undo(List.of(), List.of(), true, "")), step.validation(),
                step.pointOfNoReturn(), step.source(), step.estimate())))
                .singleElement().satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo("rehearsal-undo-differs");
                    assertThat(refusal.message()).contains("+ column public.orders.note");
                });
    }

    @Test
    void stepThatFailsIsNamed() {
        assertThat(refusals(release("ALTER TABLE orders ADD COLUMN note text;"),
                acting("ALTER TABLE public.orders DROP COLUMN nobody")))
                .singleElement().satisfies(refusal -> assertThat(refusal.message())
                        .contains("add-column-orders-note fails", "(SQLSTATE 42703)"));
    }

    @Test
    void copyThatIsNotLikeTheTargetProvesNothing() {
        ReleaseRequested release = release("ALTER TABLE orders ADD COLUMN note text;");
        try (TargetSnapshot snapshot = snapshot()) {
            Plan plan = plan(release, snapshot);
            var less = new Rehearsals.Origin(snapshot.schema().stream()
                    .filter(object -> !object.name().startsWith("constraint")).toList(), snapshot.catalog(),
                    Sample.NONE);
            assertThat(((Rehearsals.Failed) rehearser.rehearse(release, plan, less)).refusals())
                    .extracting(Refusal::code).containsExactly("rehearsal-not-faithful");
        }
    }

    @Test
    void downFilesArePutToTheTest() {
        Rehearsal rehearsal = passed(release(
                file("1", "CREATE INDEX orders_amount ON orders (amount);", "DROP INDEX orders_amount;"),
                file("2", "ALTER TABLE orders ADD COLUMN note text;", "ALTER TABLE orders DROP COLUMN note;"),
                file("3", "ALTER TABLE orders ADD COLUMN mark text; CREATE INDEX orders_mark ON orders (id, mark);",
                        "DROP INDEX orders_mark;"),
                file("4", "ALTER TABLE orders ADD COLUMN tag text;", "ALTER TABLE orders DROP COLUMN nobody;"),
                file("5", "ALTER TABLE orders DROP COLUMN status;", "ALTER TABLE orders ADD COLUMN status text;"),
                file("6", "ALTER TABLE orders ADD COLUMN last text;", null)));
        assertThat(rehearsal.downFiles()).extracting(Rehearsal.DownFile::verdict).containsExactly(DownVerdict.RESTORES,
                DownVerdict.LOSSY, DownVerdict.FICTION, DownVerdict.FICTION, DownVerdict.LOSSY, DownVerdict.MISSING);
        assertThat(rehearsal.downFiles().get(2).differences()).singleElement().asString()
                .startsWith("+ column public.orders.mark");
        assertThat(rehearsal.downFiles().get(3).note()).contains("does not exist", "42703");
        assertThat(rehearsal.downFiles().get(4).ourUndo()).contains("there is no way back");
    }

    @Test
    void onAFreshTargetLocksAreNobodysBusinessAndDownFilesAre() throws Exception {
        TestTargets.add(home, "shop", shop, "fresh: true");
        Rehearsal rehearsal = passed(release(file("1", "ALTER TABLE orders ALTER COLUMN amount TYPE bigint;",
                "ALTER TABLE orders ALTER COLUMN amount TYPE integer;")));
        assertThat(rehearsal.statements()).flatExtracting(Rehearsal.StatementTrace::rewrites).containsExactly(ORDERS);
        assertThat(rehearsal.downFiles()).extracting(Rehearsal.DownFile::verdict)
                .containsExactly(DownVerdict.RESTORES);
    }

    @Test
    void policyDemandsARehearsal() {
        ReleaseRequested release = required(release(file("2", "ALTER TABLE orders ADD COLUMN note text;",
                "ALTER TABLE orders DROP COLUMN nobody;")));
        Targets targets = TestTargets.in(VERTX, home);
        Planner planner = new Planner(GRAMMAR);
        assertThat(((PlanEvent.PlanRefused) new Planning(targets, planner).plan(release, "event")).refusals())
                .extracting(Refusal::code).containsExactly("no-scratch-server");
        Planning planning = new Planning(targets, planner, Optional.of(rehearser), 0);
        var proposed = (PlanEvent.PlanProposed) planning.plan(release, "event");
        Rehearsal rehearsal = proposed.rehearsal().orElseThrow();
        assertThat(proposed.plan().rehearsal()).contains(rehearsal.hash());
        assertThat(rehearsal.planHash()).isEqualTo(proposed.plan().hash());
        assertThat(proposed.plan().notes()).anyMatch(note -> note.contains("V2__x.sql is fiction"));
        assertThat(planning.plan(release, "event")).as("the same evidence again").isEqualTo(proposed);
    }

    private Rehearsal passed(ReleaseRequested release) {
        try (TargetSnapshot snapshot = snapshot()) {
            Rehearsals.Result result = rehearser.rehearse(release, plan(release, snapshot),
                    Rehearsals.Origin.of(snapshot));
            assertThat(result).isInstanceOf(Rehearsals.Passed.class);
            return ((Rehearsals.Passed) result).rehearsal();
        }
    }

    private List<Refusal> refusals(ReleaseRequested release, UnaryOperator<Step> tampered) {
        try (TargetSnapshot snapshot = snapshot()) {
            Plan plan = plan(release, snapshot);
            Plan other = new Plan(plan.target(), plan.release(), plan.serverVersion(), plan.hash(), plan.policy(),
                    plan.files(), plan.preconditions(), plan.steps().stream().map(tampered).toList(), plan.watch(),
                    plan.windows(), plan.notes());
            Rehearsals.Result result = rehearser.rehearse(release, other, Rehearsals.Origin.of(snapshot));
            assertThat(result).isInstanceOf(Rehearsals.Failed.class);
            return ((Rehearsals.Failed) result).refusals();
        }
    }

    /** The release's own step does something else. */
    private static UnaryOperator<Step> acting(String... statements) {
        return step -> step.source().isEmpty()
                ? step
                : new Step(step.id(), step.phase(), step.title(), step.gate(), new Action.Ddl(List.of(statements)),
                        step.locks(), step.undo().map(undo -> new Step.Undo(List.of(), List.of(), false, "")),
                        step.validation(),
                        step.pointOfNoReturn(), step.source(), step.estimate());
    }

    private static Plan plan(ReleaseRequested release, TargetSnapshot snapshot) {
        Planner planner = new Planner(GRAMMAR);
        return ((Planner.Planned) planner.plan((Planner.Readable) planner.read(release), "event", snapshot)).plan();
    }

    private static TargetSnapshot snapshot() {
        return ((Targets.Open) TestTargets.in(VERTX, home).open("shop")).snapshot();
    }

    private static ReleaseRequested release(String sql) {
        return release(file("1", sql, null));
    }

    private static ReleaseRequested release(MigrationFile... files) {
        Application application = new Application("shop", Optional.empty(), "1", Optional.empty(), Optional.empty());
        return new ReleaseRequested("shop", "r1", application, new ArrayList<>(Arrays.asList(files)), List.of(),
                new Policy("demo", null, false, false, false, List.of()));
    }

    private static ReleaseRequested required(ReleaseRequested release) {
        Policy policy = new Policy("demo", null, false, false, false, Policy.Rehearse.REQUIRED, List.of());
        return new ReleaseRequested(release.target(), release.release(), release.application(), release.files(),
                release.invariants(), policy);
    }

    private static MigrationFile file(String version, String sql, String down) {
        return new MigrationFile(version, "V" + version + "__x.sql", MigrationFile.checksum(sql), sql,
                Optional.ofNullable(down));
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = RehearserIT.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
