package io.github.xrayd.load;

import com.dslplatform.json.DslJson;
import com.dslplatform.json.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The documents of a real SDK that stand for a fleet's mix of sizes, each with the weight of its size.
 *
 * <p>The resource holds one document a line as the X-Ray SDK for Java wrote it, after its weight and a tab. The weights
 * add up to 1,000. For a run each document's ids move to the {@link DocumentLayout fixed offsets} and its times to the
 * run's start; its length stays.
 */
final class MixTemplates {
    static final String RESOURCE = "mix.tsv";

    /** What the weights of all templates add up to. */
    static final int WEIGHT_SUM = 1_000;

    /** The time that the resource's documents take as their start. */
    static final long BASE_EPOCH_MILLIS = 1_795_239_612_000L;

    private static final Pattern TIME = Pattern.compile("(_time\":)(\\d)\\.(\\d{12})E9");
    private static final DslJson<Object> JSON = new DslJson<>();

    private MixTemplates() {}

    /** One document of the resource and in how many of 1,000 datagrams it is sent. */
    record Template(int weight, String document) {
        int length() {
            return document.getBytes(StandardCharsets.UTF_8).length;
        }
    }

    /** Reads the resource as it is. */
    static List<Template> load() {
        InputStream resource = MixTemplates.class.getResourceAsStream(RESOURCE);
        if (resource == null) {
            throw new IllegalStateException("the resource " + RESOURCE + " is missing from the jar: build it again");
        }
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            List<Template> templates = new ArrayList<>();
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                int tab = line.indexOf('\t');
                templates.add(new Template(Integer.parseInt(line.substring(0, tab)), line.substring(tab + 1)));
            }
            return templates;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns {@code document} with its ids at the fixed offsets and its times moved to the run's start. */
    static byte[] forRun(String document, long startEpochMillis, int runId) {
        byte[] moved = withIdsFirst(
                document.getBytes(StandardCharsets.UTF_8), DocumentLayout.prefix(startEpochMillis / 1_000, runId));
        long shiftMillis = startEpochMillis - BASE_EPOCH_MILLIS;
        // One byte is one character in this charset, so that bytes outside the numbers stay as they are.
        String text = new String(moved, StandardCharsets.ISO_8859_1);
        return TIME.matcher(text).replaceAll(time -> shifted(time, shiftMillis)).getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String shifted(MatchResult time, long shiftMillis) {
        String millis = Long.toString(Long.parseLong(time.group(2) + time.group(3)) + shiftMillis);
        return Matcher.quoteReplacement(time.group(1) + millis.charAt(0) + "." + millis.substring(1) + "E9");
    }

    private static byte[] withIdsFirst(byte[] document, String prefix) {
        StringBuilder result = new StringBuilder(document.length).append(prefix);
        String text = new String(document, StandardCharsets.ISO_8859_1);
        try {
            JsonReader<Object> reader = JSON.newReader(document);
            byte token = reader.getNextToken();
            while (token != '}') {
                reader.getNextToken();
                int start = reader.getCurrentIndex() - 1;
                String key = reader.readKey();
                token = reader.skip();
                if (!key.equals("trace_id") && !key.equals("id")) {
                    result.append(',').append(text, start, reader.getCurrentIndex() - 1);
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("a template of " + RESOURCE + " is not JSON: " + text, e);
        }
        return result.append('}').toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
