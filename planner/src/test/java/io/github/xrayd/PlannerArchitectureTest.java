package io.github.xrayd;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.MemoryBudget;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.batch.BatchPool;
import io.github.xrayd.engine.batch.BlockMap;
import io.github.xrayd.engine.batch.Parcel;
import io.github.xrayd.engine.batch.SealPolicy;
import io.github.xrayd.engine.export.Answer;
import io.github.xrayd.engine.export.AnswerKind;
import io.github.xrayd.engine.export.ConnectionError;
import io.github.xrayd.engine.ring.SlotRing;
import io.github.xrayd.engine.run.WaitPolicy;
import io.github.xrayd.engine.telemetry.Counters;
import io.github.xrayd.engine.upload.BackendHealth;
import io.github.xrayd.engine.upload.CallLimit;
import io.github.xrayd.engine.upload.CallRate;
import io.github.xrayd.engine.upload.Calls;
import io.github.xrayd.engine.upload.RetryPolicy;
import io.github.xrayd.engine.upload.SpoolPolicy;
import io.github.xrayd.engine.upload.SpoolPort;
import io.github.xrayd.engine.upload.UploadLane;
import io.github.xrayd.engine.upload.UploadListener;
import io.github.xrayd.engine.upload.UploadPolicy;
import io.github.xrayd.engine.upload.Uploader;
import io.github.xrayd.testing.LibraryRules;

/** The imports that are allowed in this module; docs/ARCHITECTURE.md gives the reasons. */
@AnalyzeClasses(packages = "io.github.xrayd", importOptions = ImportOption.DoNotIncludeTests.class)
class PlannerArchitectureTest {
    private static final String ROOT = "io.github.xrayd";

    @ArchTest
    static final ArchTests CODE = ArchTests.in(LibraryRules.class);

    /** A plan shares decisions with the engine, never its sockets, files or threads. */
    @ArchTest
    static final ArchRule PLANS_TAKE_POLICIES_ONLY = noClasses()
            .that()
            .resideInAPackage(ROOT + ".plan..")
            .should()
            .dependOnClassesThat(resideInAPackage(ROOT + ".engine..")
                    .and(not(belongToAnyOf(
                            BackendHealth.class,
                            CallLimit.class,
                            CallRate.class,
                            RetryPolicy.class,
                            UploadPolicy.class,
                            SealPolicy.class,
                            MemoryBudget.class,
                            WaitPolicy.class,
                            EngineConfig.class,
                            StartException.class,
                            BatchPool.class,
                            BlockMap.class,
                            SlotRing.class,
                            SpoolPolicy.class,
                            Uploader.class,
                            UploadListener.class,
                            Calls.class,
                            SpoolPort.class,
                            UploadLane.class,
                            Parcel.class,
                            Counters.class,
                            Answer.class,
                            AnswerKind.class,
                            ConnectionError.class))));

    @ArchTest
    static final ArchRule ONLY_THE_PLANS_HOST_TOUCHES_THE_WORLD = noClasses()
            .that()
            .resideInAnyPackage(
                    ROOT + ".plan.model..",
                    ROOT + ".plan.simulation..",
                    ROOT + ".plan.output..",
                    ROOT + ".plan.report..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + ".plan.host..",
                    ROOT + ".child..",
                    ROOT + ".load..",
                    ROOT + ".sandbox..",
                    "java.net..",
                    "java.nio.file..",
                    "java.nio.channels..");

    @ArchTest
    static final ArchRule NOTHING_KNOWS_THE_COMMAND_OR_CHAOS = noClasses()
            .that()
            .resideInAPackage(ROOT + ".plan..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".cli..", ROOT + ".chaos..");
}
