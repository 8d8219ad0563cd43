package io.github.xrayd.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What every module's code keeps; an architecture test includes it by {@code ArchTests.in(CodeRules.class)}. */
public final class CodeRules {
    /** The most parameters of a constructor, and so the most components of a record. */
    private static final int PARAMETERS_MAX = 9;

    private CodeRules() {}

    @ArchTest
    static final ArchRule CONSTRUCTORS_ARE_SHORT = classes().should(new ArchCondition<>("have short constructors") {
        @Override
        public void check(JavaClass type, ConditionEvents events) {
            int most = type.isRecord() ? PARAMETERS_MAX : PARAMETERS_MAX - 1;
            for (JavaConstructor constructor : type.getConstructors()) {
                int count = constructor.getRawParameterTypes().size();
                if (count > most && !type.isAnonymousClass() && !type.isEnum()) {
                    events.add(SimpleConditionEvent.violated(
                            constructor, constructor.getFullName() + " has " + count + " parameters"));
                }
            }
        }
    });

    /** A name means one class of a module, nested or not, so that it can be looked for by its name. */
    @ArchTest
    static void shouldNameOneClassOfAModule(JavaClasses all) {
        Map<String, Set<String>> named = new TreeMap<>();
        for (JavaClass type : all) {
            String name = type.getSimpleName();
            if (!name.isEmpty() && !name.equals("package-info")) {
                named.computeIfAbsent(module(type) + " " + name, key -> new TreeSet<>())
                        .add(type.getName());
            }
        }
        List<Set<String>> doubles =
                named.values().stream().filter(types -> types.size() > 1).toList();
        if (!doubles.isEmpty()) {
            throw new AssertionError("Names that mean several classes: " + doubles);
        }
    }

    /** Where the class lies: a folder of classes, or a jar. */
    private static String module(JavaClass type) {
        String file = type.getSource().map(source -> source.getUri().toString()).orElse("");
        int end = file.indexOf("/io/github/xrayd/");
        return end < 0 ? file : file.substring(0, end);
    }
}
