package io.github.xrayd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;

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
            .resideInAnyPackage(ROOT + ".sandbox..", ROOT + ".load..")
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
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");
}
