package io.github.xrayd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls between suites, rig, report and results; docs/ARCHITECTURE.md says why they stand where they stand. */
@AnalyzeClasses(packages = "io.github.xrayd", importOptions = ImportOption.DoNotIncludeTests.class)
class BenchmarksArchitectureTest {
    private static final String ROOT = "io.github.xrayd";

    @ArchTest
    static final ArchRule THE_RIG_MEETS_A_DAEMON_AT_ITS_SOCKETS = noClasses()
            .that()
            .resideInAPackage(ROOT + ".rig..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(ROOT + ".engine..", ROOT + ".cli..", ROOT + ".benchmarks..", ROOT + ".report..");

    @ArchTest
    static final ArchRule THE_REPORT_KNOWS_RESULTS_AND_PLOTS_ONLY = noClasses()
            .that()
            .resideInAPackage(ROOT + ".report..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + ".engine..",
                    ROOT + ".cli..",
                    ROOT + ".benchmarks..",
                    ROOT + ".rig..",
                    ROOT + ".sandbox..",
                    ROOT + ".load..");

    @ArchTest
    static final ArchRule RESULTS_ARE_A_LEAF = noClasses()
            .that()
            .resideInAPackage(ROOT + ".results..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    ROOT + ".engine..",
                    ROOT + ".cli..",
                    ROOT + ".benchmarks..",
                    ROOT + ".rig..",
                    ROOT + ".report..",
                    ROOT + ".sandbox..",
                    ROOT + ".load..",
                    ROOT + ".plot..");
}
