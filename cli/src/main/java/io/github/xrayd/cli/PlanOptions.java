package io.github.xrayd.cli;

import io.github.xrayd.plan.input.Field;
import io.github.xrayd.plan.input.PlanInput;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** The options that ask a plan's workload: one for each field, in groups by section. */
final class PlanOptions {
    private PlanOptions() {}

    /** Adds an option for each field. */
    static void addTo(CommandSpec spec) {
        Map<String, ArgGroupSpec.Builder> groups = new LinkedHashMap<>();
        for (Field field : Field.values()) {
            groups.computeIfAbsent(field.section(), section -> ArgGroupSpec.builder()
                            .validate(false)
                            .order(groups.size() + 1)
                            .heading("%n" + section.substring(0, 1).toUpperCase(Locale.ROOT) + section.substring(1)
                                    + ":%n"))
                    .addArg(option(field));
        }
        groups.values().forEach(group -> spec.addArgGroup(group.build()));
    }

    private static OptionSpec option(Field field) {
        return OptionSpec.builder("--" + field.word())
                .paramLabel(field.placeholder())
                .description(field.help().replace("%", "%%"))
                .type(String.class)
                .order(field.ordinal())
                .build();
    }

    /**
     * The input that the command line gives.
     *
     * @throws IllegalArgumentException when a field cannot be that
     */
    static PlanInput input(ParseResult parsed) {
        PlanInput input = new PlanInput();
        for (Field field : Field.values()) {
            String given = parsed.matchedOptionValue("--" + field.word(), "");
            if (parsed.hasMatchedOption("--" + field.word())) {
                input.put(field, given);
            }
        }
        return input;
    }
}
