package io.github.xrayd;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.github.xrayd.testing.CodeRules;

/** The imports that are allowed in this module; docs/ARCHITECTURE.md gives the reasons. */
@AnalyzeClasses(packages = "io.github.xrayd", importOptions = ImportOption.DoNotIncludeTests.class)
class BenchmarksArchitectureTest {
    private static final String ROOT = "io.github.xrayd";

    @ArchTest
    static final ArchTests CODE = ArchTests.in(CodeRules.class);

    @ArchTest
    static final ArchRule THE_LOAD_TEST_MEETS_A_DAEMON_AT_ITS_SOCKETS = noClasses()
            .that()
            .resideInAPackage(ROOT + ".loadtest..")
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
                    ROOT + ".loadtest..",
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
                    ROOT + ".loadtest..",
                    ROOT + ".report..",
                    ROOT + ".sandbox..",
                    ROOT + ".load..",
                    ROOT + ".plot..");
}
