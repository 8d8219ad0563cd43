package io.github.xrayd.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import io.github.xrayd.testing.LibraryRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The imports that are allowed in this module; docs/ARCHITECTURE.md gives the reasons. */
@AnalyzeClasses(packages = "io.github.xrayd.engine", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String ENGINE = "io.github.xrayd.engine";
    private static final Pattern NAME = Pattern.compile("`([a-z]+)`");

    @ArchTest
    static final ArchTests CODE = ArchTests.in(LibraryRules.class);

    @ArchTest
    static final ArchRule PACKAGES_FORM_A_DAG =
            slices().matching(ENGINE + ".(*)..").should().beFreeOfCycles();

    /** Each package imports only what its row of the table in docs/ARCHITECTURE.md names. */
    @ArchTest
    static void shouldImportOnlyWhatTheDocumentNames(JavaClasses classes) throws IOException {
        Map<String, List<String>> table = table();
        LayeredArchitecture layers = layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("root")
                .definedBy(ENGINE)
                .ensureAllClassesAreContainedInArchitecture();
        for (String name : table.keySet()) {
            layers = layers.layer(name).definedBy(ENGINE + "." + name + "..");
        }
        for (Map.Entry<String, List<String>> row : table.entrySet()) {
            LayeredArchitecture.LayerDependencySpecification layer = layers.whereLayer(row.getKey());
            layers = row.getValue().isEmpty()
                    ? layer.mayNotAccessAnyLayer()
                    : layer.mayOnlyAccessLayers(row.getValue().toArray(new String[0]));
        }
        layers.check(classes);
    }

    /** What each package may import, as the document has it. */
    private static Map<String, List<String>> table() throws IOException {
        Map<String, List<String>> table = new TreeMap<>();
        boolean isInTable = false;
        for (String line : Files.readAllLines(Path.of("../docs/ARCHITECTURE.md"))) {
            isInTable = line.startsWith("| root |") || (isInTable && line.startsWith("| `"));
            String[] cells = line.split("\\|", -1);
            if (isInTable && line.startsWith("| `")) {
                table.put(names(cells[1]).get(0), names(cells[cells.length - 2]));
            }
        }
        return table;
    }

    private static List<String> names(String cell) {
        return NAME.matcher(cell).results().map(name -> name.group(1)).toList();
    }

    @ArchTest
    static final ArchRule UPLOADS_KNOW_NO_JSON = noClasses()
            .that()
            .resideInAPackage(ENGINE + ".upload..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("com.dslplatform..", ENGINE + ".json..", ENGINE + ".aws..", ENGINE + ".client..");

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
    static final ArchRule NO_LOCKS_ON_THE_DATA_PATH = noClasses()
            .that()
            .resideInAnyPackage(ENGINE + ".ring..", ENGINE + ".validate..", ENGINE + ".encode..", ENGINE + ".batch..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.util.concurrent.locks..");
}
