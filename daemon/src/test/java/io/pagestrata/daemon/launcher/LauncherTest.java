// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher of an unpacked distribution, with a java that only says how it was called. */
@EnabledOnOs({OS.LINUX, OS.MAC})
class LauncherTest {
  private static final int CAP_SYS_RESOURCE = 24;

  @TempDir private Path directory;
  private Path launcher;

  private record Run(int status, List<String> lines) {}

  @BeforeEach
  void unpack() throws IOException {
    Path home = Files.createDirectories(directory.resolve("dist with space"));
    Files.createDirectories(home.resolve("lib"));
    launcher = Files.createDirectories(home.resolve("bin")).resolve("pagestrata");
    Files.copy(Path.of("..", "bin", "pagestrata"), launcher);
  }

  private Path jdk(String version) throws IOException {
    Path home = Files.createDirectories(directory.resolve("jdk-" + version));
    Path java = Files.createDirectories(home.resolve("bin")).resolve("java");
    Files.writeString(java, "#!/bin/sh\nfor word in \"$@\"; do echo \"$word\"; done\nexit 42\n");
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return home;
  }

  private Run run(Path script, Map<String, String> environment, String... args) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", script.toString()));
    command.addAll(Arrays.asList(args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("JAVA_HOME");
    builder.environment().remove("PAGESTRATA_JAVA_OPTS");
    builder.environment().putAll(environment);
    builder.directory(directory.toFile());
    Process process = builder.start();
    List<String> lines = new String(process.getInputStream().readAllBytes()).lines().toList();
    return new Run(process.waitFor(), lines);
  }

  private Run run(String javaVersion, String... args) throws Exception {
    return run(launcher, Map.of("JAVA_HOME", jdk(javaVersion).toString()), args);
  }

  @Test
  void givesTheProgramItsArgumentsAndItsStatus() throws Exception {
    Run run = run("17.0.15", "demo", "--input", "a file", "*");
    assertThat(run.status()).isEqualTo(42);
    assertThat(run.lines())
        .containsSubsequence(
            "-cp",
            launcher.getParent().getParent().toRealPath() + "/lib/*",
            "io.pagestrata.daemon.Main",
            "demo",
            "--input",
            "a file",
            "*");
  }

  @Test
  void givesEachVersionTheFlagsThatItKnows() throws Exception {
    String nativeAccess = "--enable-native-access=ALL-UNNAMED";
    String unsafe = "--sun-misc-unsafe-memory-access=allow";
    assertThat(run("17.0.15", "version").lines()).doesNotContain(nativeAccess, unsafe);
    assertThat(run("22", "version").lines()).contains(nativeAccess).doesNotContain(unsafe);
    assertThat(run("25.0.3", "version").lines()).contains(nativeAccess, unsafe);
  }

  @Test
  void opensTheJdkForChronicleMapAndNamesItsCompilerOnlyWhereItIs() throws Exception {
    String opened = "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED";
    String compiler = "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED";
    assertThat(run("17.0.15", "version").lines()).contains(opened).doesNotContain(compiler);
    Path javac = jdk("17.0.15").resolve("bin/javac");
    Files.copy(javac.resolveSibling("java"), javac, StandardCopyOption.COPY_ATTRIBUTES);
    assertThat(run("17.0.15", "version").lines()).contains(opened, compiler);
  }

  @Test
  void worksThroughALinkAndFromAnyDirectory() throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("dist with space"));
    Path second = Files.createSymbolicLink(directory.resolve("ps"), link.resolve("bin/pagestrata"));
    Run run = run(second, Map.of("JAVA_HOME", jdk("21").toString()), "version");
    assertThat(run.status()).isEqualTo(42);
  }

  @Test
  void takesMoreFlagsFromTheEnvironment() throws Exception {
    Run run =
        run(
            launcher,
            Map.of("JAVA_HOME", jdk("21").toString(), "PAGESTRATA_JAVA_OPTS", "-Xmx1g -Da=b"),
            "version");
    assertThat(run.lines()).startsWith("-Xmx1g", "-Da=b");
  }

  /** A perl that either lets the call succeed and becomes the command, or refuses as told. */
  private Map<String, String> withPerl(String script) throws IOException {
    Path bin = Files.createDirectories(directory.resolve("tools"));
    Path perl = Files.writeString(bin.resolve("perl"), "#!/bin/sh\n" + script);
    Files.setPosixFilePermissions(perl, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Map.of(
        "JAVA_HOME", jdk("17.0.15").toString(), "PATH", bin + ":" + System.getenv("PATH"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void becomesAFlusherBeforeItBecomesTheJvm() throws Exception {
    Map<String, String> environment =
        withPerl("echo perl \"$1\" \"$2\" \"$4\" \"$5\"; shift 5; exec \"$@\"\n");
    Run run = run(launcher, environment, "run", "--swap-safe", "-c", "a file");
    assertThat(run.status()).isEqualTo(42);
    assertThat(run.lines().get(0)).matches("perl -MErrno -e 1[0-9]{2} 6");
    assertThat(run.lines())
        .containsSubsequence("-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch")
        .containsSubsequence("io.pagestrata.daemon.Main", "run", "--swap-safe", "-c", "a file");
  }

  @Test
  void leavesOtherCommandsAlone() throws Exception {
    Map<String, String> environment = withPerl("exit 99\n");
    assertThat(run(launcher, environment, "run").status()).isEqualTo(42);
    assertThat(run(launcher, environment, "demo", "--swap-safe").status()).isEqualTo(42);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void saysWhichCapabilityIsMissing() throws Exception {
    Path capabilities = Path.of("/proc/self/status");
    long effective =
        Files.readAllLines(capabilities).stream()
            .filter(line -> line.startsWith("CapEff:"))
            .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
            .findFirst()
            .orElseThrow();
    boolean mayBeFlusher = (effective & 1L << CAP_SYS_RESOURCE) != 0;
    Run run = run("17.0.15", "run", "--swap-safe");
    assertThat(run.status()).isEqualTo(mayBeFlusher ? 42 : 6);
    if (!mayBeFlusher) {
      assertThat(run.lines())
          .containsExactly(
              "pagestrata run: not safe for swap of this machine: not an I/O flusher: needs the"
                  + " capability CAP_SYS_RESOURCE");
    }
  }

  @Test
  void saysWhenJavaIsTooOld() throws Exception {
    Run run = run("11.0.2", "version");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.lines())
        .singleElement()
        .asString()
        .endsWith("is Java 11.0.2, but Java 17 or newer is needed: set JAVA_HOME");
    assertThat(run("1.8.0_402", "version").lines()).singleElement().asString().contains("1.8.0");
  }

  @Test
  void saysWhenThereIsNoJava() throws Exception {
    Run run = run(launcher, Map.of("JAVA_HOME", "/no/such/jdk"), "version");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.lines())
        .containsExactly("pagestrata: JAVA_HOME is /no/such/jdk, but there is no bin/java in it");
  }
}
