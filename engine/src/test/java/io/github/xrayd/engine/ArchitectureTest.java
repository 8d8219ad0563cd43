package io.github.xrayd.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The walls between the rooms; docs/ARCHITECTURE.md says why they stand where they stand. */
@AnalyzeClasses(packages = "io.github.xrayd.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ENGINE = "io.github.xrayd.engine";

    @ArchTest
    static final ArchRule ROOMS_FORM_A_DAG =
            slices().matching(ENGINE + ".(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ROOMS_IMPORT_ONLY_WHAT_THE_DESIGN_ALLOWS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("engine")
            .definedBy(ENGINE)
            .layer("receive")
            .definedBy(ENGINE + ".receive..")
            .layer("source")
            .definedBy(ENGINE + ".source..")
            .layer("intake")
            .definedBy(ENGINE + ".intake..")
            .layer("validate")
            .definedBy(ENGINE + ".validate..")
            .layer("encode")
            .definedBy(ENGINE + ".encode..")
            .layer("batch")
            .definedBy(ENGINE + ".batch..")
            .layer("upload")
            .definedBy(ENGINE + ".upload..")
            .layer("spool")
            .definedBy(ENGINE + ".spool..")
            .layer("export")
            .definedBy(ENGINE + ".export..")
            .layer("aws")
            .definedBy(ENGINE + ".aws..")
            .layer("http")
            .definedBy(ENGINE + ".http..")
            .layer("report")
            .definedBy(ENGINE + ".report..")
            .layer("proxy")
            .definedBy(ENGINE + ".proxy..")
            .layer("health")
            .definedBy(ENGINE + ".health..")
            .layer("ring")
            .definedBy(ENGINE + ".ring..")
            .layer("telemetry")
            .definedBy(ENGINE + ".telemetry..")
            .layer("run")
            .definedBy(ENGINE + ".run..")
            .layer("flight")
            .definedBy(ENGINE + ".flight..")
            .whereLayer("flight")
            .mayOnlyBeAccessedByLayers("engine", "batch", "upload", "report")
            .whereLayer("engine")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("receive")
            .mayOnlyBeAccessedByLayers("engine", "report", "intake")
            .whereLayer("intake")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("source")
            .mayOnlyBeAccessedByLayers("engine", "receive", "intake")
            .whereLayer("report")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("validate")
            .mayOnlyBeAccessedByLayers("engine", "report", "intake")
            .whereLayer("encode")
            .mayOnlyBeAccessedByLayers("engine", "batch", "upload", "spool")
            .whereLayer("batch")
            .mayOnlyBeAccessedByLayers("engine", "upload")
            .whereLayer("upload")
            .mayOnlyBeAccessedByLayers("engine", "report")
            .whereLayer("spool")
            .mayOnlyBeAccessedByLayers("engine", "upload")
            .whereLayer("health")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("proxy")
            .mayOnlyBeAccessedByLayers("engine")
            .whereLayer("http")
            .mayOnlyBeAccessedByLayers("engine", "proxy", "health", "intake")
            .whereLayer("export")
            .mayOnlyBeAccessedByLayers("engine", "batch", "upload", "aws", "report")
            .whereLayer("aws")
            .mayOnlyBeAccessedByLayers("engine", "upload", "proxy", "report")
            .whereLayer("run")
            .mayOnlyBeAccessedByLayers("engine", "source", "receive", "upload", "report", "http")
            .whereLayer("ring")
            .mayOnlyBeAccessedByLayers("engine", "source", "receive", "validate", "batch");

    @ArchTest
    static final ArchRule ONLY_RECORDINGS_KNOW_FLIGHT_RECORDER = noClasses()
            .that()
            .resideOutsideOfPackage(ENGINE + ".flight..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.jfr..");

    @ArchTest
    static final ArchRule ONLY_THE_RING_KNOWS_THE_DISRUPTOR = noClasses()
            .that()
            .resideOutsideOfPackage(ENGINE + ".ring..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.lmax..");

    @ArchTest
    static final ArchRule ONLY_RECEIVE_KNOWS_DATAGRAM_CHANNELS = noClasses()
            .that()
            .resideOutsideOfPackage(ENGINE + ".receive..")
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.nio.channels.DatagramChannel");

    @ArchTest
    static final ArchRule SLOW_LIBRARIES_STAY_OFF_THE_DATA_PATH = noClasses()
            .that()
            .resideInAnyPackage(
                    ENGINE + ".ring..",
                    ENGINE + ".source..",
                    ENGINE + ".receive..",
                    ENGINE + ".validate..",
                    ENGINE + ".encode..",
                    ENGINE + ".batch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "software.amazon..",
                    "org.apache.http..",
                    "org.apache.hc..",
                    "org.slf4j..",
                    "io.prometheus..",
                    "java.net.http..",
                    "java.util.logging..");

    @ArchTest
    static final ArchRule NOBODY_LOCKS_ON_THE_DATA_PATH = noClasses()
            .that()
            .resideInAnyPackage(ENGINE + ".ring..", ENGINE + ".validate..", ENGINE + ".encode..", ENGINE + ".batch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.concurrent.locks..");

    @ArchTest
    static final ArchRule NO_CONSOLE_AND_NO_EXIT = noClasses()
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "exit", int.class)
            .orShould()
            .callMethod(Runtime.class, "halt", int.class);
}
