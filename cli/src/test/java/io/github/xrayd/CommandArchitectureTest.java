package io.github.xrayd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.github.xrayd.testing.CodeRules;

/** The imports that are allowed in this module; docs/ARCHITECTURE.md gives the reasons. */
@AnalyzeClasses(packages = "io.github.xrayd", importOptions = ImportOption.DoNotIncludeTests.class)
class CommandArchitectureTest {
    private static final String ROOT = "io.github.xrayd";

    @ArchTest
    static final ArchTests CODE = ArchTests.in(CodeRules.class);

    @ArchTest
    static final ArchRule THE_LOG_DOES_NOT_KNOW_THE_COMMAND = noClasses()
            .that()
            .resideInAPackage(ROOT + ".cli.log..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".cli");

    @ArchTest
    static final ArchRule THE_MIGRATION_DOES_NOT_KNOW_THE_COMMAND = noClasses()
            .that()
            .resideInAPackage(ROOT + ".cli.migrate..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".cli", ROOT + ".engine..");

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
            .doNotHaveFullyQualifiedName(ROOT + ".cli.CdsArchive")
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
            .doNotHaveSimpleName("SandboxQuery")
            .and()
            .doNotHaveSimpleName("PlanOptions")
            .and()
            .doNotHaveSimpleName("DaemonOption")
            .and()
            .doNotHaveSimpleName("CommandTree")
            .and()
            .doNotHaveSimpleName("ManPage")
            .and()
            .doNotHaveSimpleName("FishCompletion")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");
}
