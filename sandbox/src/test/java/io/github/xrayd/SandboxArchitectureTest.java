package io.github.xrayd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.github.xrayd.testing.LibraryRules;

/** The imports that are allowed in this module; docs/ARCHITECTURE.md gives the reasons. */
@AnalyzeClasses(
        packages = {
            "io.github.xrayd.chaos",
            "io.github.xrayd.child",
            "io.github.xrayd.load",
            "io.github.xrayd.plot",
            "io.github.xrayd.sandbox"
        },
        importOptions = ImportOption.DoNotIncludeTests.class)
class SandboxArchitectureTest {
    private static final String ROOT = "io.github.xrayd";

    @ArchTest
    static final ArchTests CODE = ArchTests.in(LibraryRules.class);

    /** What tests or demonstrates a daemon meets it at its sockets, files and output only. */
    @ArchTest
    static final ArchRule NOTHING_KNOWS_THE_DAEMON = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".engine..", ROOT + ".plan..", ROOT + ".cli..");

    @ArchTest
    static final ArchRule THE_SANDBOX_ALONE_CONVERTS_SPANS = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".sandbox..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".connectors..", "com.google.protobuf..");

    /** The rest of the connectors knows the engine. */
    @ArchTest
    static final ArchRule ONLY_THE_CONVERSION_IS_TAKEN_OF_THE_CONNECTORS = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".connectors.otlp", ROOT + ".connectors.kafka..");

    @ArchTest
    static final ArchRule THE_EXTENSION_ALONE_KNOWS_JUNIT = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".sandbox.junit..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.junit..", ROOT + ".sandbox.junit..");

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
    static final ArchRule NOBODY_BUT_THE_COMMAND_KNOWS_CHAOS = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + ".chaos..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + ".chaos..");
}
