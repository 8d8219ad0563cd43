package io.github.xrayd.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.xrayd.engine.EngineConfig;
import io.github.xrayd.engine.EngineConfig.DestinationConfig;
import io.github.xrayd.engine.XRayDestination;
import io.github.xrayd.engine.aws.AwsSettings;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of destinations in the configuration file. */
class DestinationsTest {
    private static final String HEAD =
            "Version: 2\nRegion: us-east-1\nXrayd:\n  RetryMaxAge: 1m\n  SpoolDir: /s\n  Destinations:\n";

    @TempDir
    Path directory;

    private List<DestinationConfig> destinations(String list, String... words) throws Exception {
        Path file = Files.writeString(directory.resolve("file.yaml"), HEAD + list);
        List<String> all = new java.util.ArrayList<>(List.of("-c", file.toString()));
        all.addAll(List.of(words));
        Settings settings = Settings.load(Flags.parse(all), Map.of(), directory);
        EngineConfig config = EngineSettings.of(settings, 64);
        return config.destinations();
    }

    private static AwsSettings aws(DestinationConfig destination) {
        return ((XRayDestination) destination.kind()).settings();
    }

    @Test
    void shouldTakeWhatAnEntrySaysAndElseWhatHoldsForTheDaemon() throws Exception {
        List<DestinationConfig> all = destinations(
                """
                    - Name: east
                    - Name: west
                      Region: eu-west-1
                      Endpoint: http://127.0.0.1:9
                      RoleARN: arn:aws:iam::123456789012:role/r
                      Concurrency: 3
                      RetryMaxAge: 2h
                      SpoolDir: /other
                      SpoolLimit: 5
                """);
        assertEquals(2, all.size());
        DestinationConfig east = all.get(0);
        assertEquals("east", east.name());
        assertEquals("us-east-1", aws(east).region());
        assertNull(aws(east).endpoint());
        assertEquals(Duration.ofMinutes(1), east.retryAgeMax());
        assertEquals(Path.of("/s/east"), Objects.requireNonNull(east.spool()).directory());
        DestinationConfig west = all.get(1);
        assertEquals("eu-west-1", aws(west).region());
        assertEquals(URI.create("http://127.0.0.1:9"), aws(west).endpoint());
        assertEquals("arn:aws:iam::123456789012:role/r", aws(west).roleArn());
        assertEquals(3, west.callsMax());
        assertEquals(Duration.ofHours(2), west.retryAgeMax());
        assertEquals(Path.of("/other"), Objects.requireNonNull(west.spool()).directory());
        assertEquals(5L << 20, west.spool().bytesMax());
    }

    @Test
    void shouldLetFlagsSayWhatEntriesDoNot() throws Exception {
        List<DestinationConfig> all = destinations("    - Name: a\n    - {Name: b, Region: r-1}\n", "-n", "eu-north-1");
        assertEquals("eu-north-1", aws(all.get(0)).region());
        assertEquals("r-1", aws(all.get(1)).region());
    }

    @Test
    void shouldHaveOneDestinationWithoutAList() throws Exception {
        List<DestinationConfig> all = destinations("    []\n");
        assertEquals(1, all.size());
        assertEquals("xray", all.get(0).name());
        assertEquals(Path.of("/s"), Objects.requireNonNull(all.get(0).spool()).directory());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "    - Region: r                        | a destination's Name \"\" is invalid",
                "    - Name: a/b                        | a destination's Name \"a/b\" is invalid",
                "    - {Name: a, Regoin: r}             | Xrayd.Destinations.Regoin flag is invalid",
                "    - {Name: a, Receivers: 2}          | Xrayd.Destinations.Receivers flag is invalid",
                "    - {Name: a, Region: [r]}           | cannot unmarshal !!seq into string",
                "    - {Name: a, Concurrency: many}     | cannot unmarshal !!str `many` into int",
                "    - {Name: a, Name: b}               | key \"Name\" is given twice",
                "    [{Name: a}, {Name: A}]             | two destinations are named \"A\"",
                "    - a                                | into a destination with a Name",
                "    east                               | into a list of destinations",
            })
    void shouldSayWhatIsWrongAndWhere(String list, String message) {
        ConfigException e = assertThrows(ConfigException.class, () -> destinations("    " + list + "\n"));
        String text = String.valueOf(e.getMessage());
        assertTrue(text.contains(message), text);
        assertTrue(text.contains("line 7"), text);
    }

    @Test
    void shouldNameTheDestinationWhoseEndpointIsNone() {
        Exception e = assertThrows(
                io.github.xrayd.engine.StartException.class,
                () -> destinations("    - {Name: a, Endpoint: nowhere}\n"));
        assertTrue(String.valueOf(e.getMessage()).startsWith("Destination a: "), e.getMessage());
    }
}
