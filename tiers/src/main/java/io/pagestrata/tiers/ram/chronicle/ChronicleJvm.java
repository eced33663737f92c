// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.ram.chronicle;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Whether this JVM can run Chronicle Map, which looks into packages that the JDK keeps closed and
 * compiles classes at run time. Found out before the library is touched, since its own answer is a
 * stack trace. Stateless.
 */
public final class ChronicleJvm {
  private static final int NEWEST_JAVA = 25;
  private static final List<String> OPENED =
      List.of("java.lang", "java.lang.reflect", "sun.nio.ch");
  private static final String COMPILER = "jdk.compiler";
  private static final String COMPILER_PACKAGE = "com.sun.tools.javac.file";

  private ChronicleJvm() {}

  /**
   * Looks at the version, the modules and the flags of this JVM.
   *
   * @param user what needs Chronicle Map, the first words of the answer
   * @return what is missing and how to give it, on one line, or empty when nothing is
   */
  public static Optional<String> complaint(String user) {
    int java = Runtime.version().feature();
    if (java > NEWEST_JAVA) {
      return Optional.of(
          user + " runs on Java 17 to " + NEWEST_JAVA + ", and this is Java " + java);
    }
    Optional<Module> compiler = ModuleLayer.boot().findModule(COMPILER);
    if (compiler.isEmpty()) {
      return Optional.of(user + " needs a full JDK, and this one has no " + COMPILER);
    }
    List<String> missing = missingFlags(compiler.get());
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(user + " needs this JVM started with " + String.join(" ", missing));
  }

  private static List<String> missingFlags(Module compiler) {
    Module own = ChronicleJvm.class.getModule();
    String target = own.isNamed() ? own.getName() : "ALL-UNNAMED";
    List<String> flags = new ArrayList<>();
    for (String name : OPENED) {
      if (!Object.class.getModule().isOpen(name, own)) {
        flags.add("--add-opens=java.base/" + name + "=" + target);
      }
    }
    if (!compiler.isExported(COMPILER_PACKAGE, own)) {
      flags.add("--add-exports=" + COMPILER + "/" + COMPILER_PACKAGE + "=" + target);
    }
    return flags;
  }
}
