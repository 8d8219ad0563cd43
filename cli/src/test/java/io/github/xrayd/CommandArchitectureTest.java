package io.github.xrayd;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.MemoryBudget;
import io.github.xrayd.engine.StartException;
import io.github.xrayd.engine.backend.Answer;
import io.github.xrayd.engine.backend.ConnectionError;
import io.github.xrayd.engine.backend.Outcome;
import io.github.xrayd.engine.batch.BatchPool;
import io.github.xrayd.engine.batch.BlockMap;
import io.github.xrayd.engine.batch.SealPolicy;
import io.github.xrayd.engine.run.WaitPolicy;
import io.github.xrayd.engine.upload.BackendHealth;
import io.github.xrayd.engine.upload.CallLimit;
import io.github.xrayd.engine.upload.CallRate;
import io.github.xrayd.engine.upload.RetryPolicy;
import io.github.xrayd.engine.upload.SpoolPolicy;
import io.github.xrayd.engine.upload.UploadPolicy;

/** The walls around the command's rooms; docs/ARCHITECTURE.md says why they stand where they stand. */
@AnalyzeClasses(packages = "io.github.xrayd", importOptions = ImportOption.DoNotIncludeTests.class)
class CommandArchitectureTest {
    private static final String ROOT = "io.github.xrayd";

    @ArchTest
    static final ArchRule NOTHING_IMPORTS_THE_COMMAND = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".cli..");

    @ArchTest
    static final ArchRule SANDBOX_AND_LOAD_STAND_ALONE = noClasses()
            .that()
            .resideInAnyPackage(ROOT + ".sandbox..", ROOT + ".load..", ROOT + ".child..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".engine..", ROOT + ".cli..");

    @ArchTest
    static final ArchRule LOAD_AND_SANDBOX_DO_NOT_KNOW_EACH_OTHER = noClasses()
            .that()
            .resideInAPackage(ROOT + ".load..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".sandbox..");

    @ArchTest
    static final ArchRule PLOTS_KNOW_NOTHING = noClasses()
            .that()
            .resideInAPackage(ROOT + ".plot..")
            .should()
            .dependOnClassesThat()
            .resideOutsideOfPackages(ROOT + ".plot..", "java..", "org.jspecify..");

    @ArchTest
    static final ArchRule PLOTS_NEED_NO_SCREEN =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("java.awt..", "javax.swing..");

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
                            SpoolPolicy.class,
                            Answer.class,
                            Outcome.class,
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
    static final ArchRule CHAOS_MEETS_THE_DAEMON_AT_THE_WIRE_ONLY = noClasses()
            .that()
            .resideInAPackage(ROOT + ".chaos..")
            .and()
            // Simulates the engine's pure rules.
            .doNotHaveSimpleName("CallSimulation")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".engine..", ROOT + ".cli..");

    @ArchTest
    static final ArchRule NOBODY_BUT_THE_COMMAND_KNOWS_CHAOS = noClasses()
            .that()
            .resideOutsideOfPackages(ROOT + ".chaos..", ROOT + ".cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".chaos..");

    @ArchTest
    static final ArchRule THE_LOG_DOES_NOT_KNOW_THE_COMMAND = noClasses()
            .that()
            .resideInAPackage(ROOT + ".cli.log..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".cli");

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_PRINTS = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".cli..")
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS);

    @ArchTest
    static final ArchRule ONLY_MAIN_METHODS_EXIT = noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".cli.Main")
            .and()
            .doNotHaveFullyQualifiedName(ROOT + ".cli.Training")
            .should()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class);

    @ArchTest
    static final ArchRule ONLY_SUB_COMMANDS_LOAD_PICOCLI = noClasses()
            .that()
            .haveSimpleNameNotEndingWith("Command")
            .and()
            .doNotHaveSimpleName("Picocli")
            .and()
            .doNotHaveSimpleName("SandboxFaults")
            .and()
            .doNotHaveSimpleName("PlanOptions")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");
}
