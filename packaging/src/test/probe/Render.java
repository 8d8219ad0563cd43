import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.nio.file.Path;

/**
 * Renders the chart with Helm itself, as a library: the manifests go to standard output.
 *
 * <p>Arguments: the chart's folder, then files of values. Exit code 1 with Helm's own words when the chart cannot be rendered, or lint finds
 * an error.
 */
public final class Render {
    private Render() {}

    public static void main(String[] args) {
        Helm helm = new Helm(Path.of(args[0]));
        TemplateCommand template = helm.template().withName("xray").withKubeVersion("1.31.0").withNamespace("default");
        for (int i = 1; i < args.length; i++) {
            template.withValuesFile(Path.of(args[i]));
        }
        try {
            LintResult lint = helm.lint().call();
            if (lint.isFailed()) {
                throw new IllegalStateException(String.join("\n", lint.getMessages()));
            }
            System.out.print(template.call());
        } catch (IllegalStateException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
        System.exit(0);
    }
}
