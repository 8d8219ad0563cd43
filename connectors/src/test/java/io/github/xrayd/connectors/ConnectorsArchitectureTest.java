package io.github.xrayd.connectors;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.github.xrayd.testing.LibraryRules;

/** The imports that are allowed in this module; the conversion is pure: two libraries, no I/O, no clock, no engine. */
@AnalyzeClasses(packages = "io.github.xrayd.connectors", importOptions = ImportOption.DoNotIncludeTests.class)
class ConnectorsArchitectureTest {
    private static final String CONVERT = "io.github.xrayd.connectors.otlp.convert..";

    @ArchTest
    static final ArchTests CODE = ArchTests.in(LibraryRules.class);

    @ArchTest
    static final ArchRule THE_CONVERSION_KNOWS_TWO_LIBRARIES = classes()
            .that()
            .resideInAPackage(CONVERT)
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    CONVERT,
                    "java.io",
                    "java.lang..",
                    "java.math",
                    "java.nio.charset",
                    "java.util..",
                    "com.dslplatform.json",
                    "com.google.protobuf",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule THE_CONVERSION_OPENS_NOTHING = noClasses()
            .that()
            .resideInAPackage(CONVERT)
            .should()
            .dependOnClassesThat()
            .haveNameMatching("java\\.io\\.(File|RandomAccess).*");

    @ArchTest
    static final ArchRule THE_CONVERSION_READS_NO_CLOCK = noClasses()
            .that()
            .resideInAPackage(CONVERT)
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random");

    @ArchTest
    static final ArchRule THE_COMPARISON_KNOWS_THE_CONVERSION = classes()
            .that()
            .resideInAPackage("io.github.xrayd.connectors.compare..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                    "io.github.xrayd.connectors.compare..",
                    CONVERT,
                    "java.io",
                    "java.lang..",
                    "java.math",
                    "java.nio.charset",
                    "java.util..",
                    "org.jspecify.annotations");

    @ArchTest
    static final ArchRule OTLP_KNOWS_NO_AWS = noClasses()
            .that()
            .resideInAPackage("io.github.xrayd.connectors.otlp..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.github.xrayd.engine.aws..", "software.amazon..");

    @ArchTest
    static final ArchRule KAFKA_IS_KNOWN_IN_ONE_PACKAGE = noClasses()
            .that()
            .resideOutsideOfPackage("io.github.xrayd.connectors.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");
}
