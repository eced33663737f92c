// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.pagestrata.DictionariesBuilder;
import io.pagestrata.FileTierBuilder;
import io.pagestrata.MonitorBuilder;
import io.pagestrata.Pagestrata;
import io.pagestrata.PagestrataBuilder;
import io.pagestrata.PoliciesBuilder;
import io.pagestrata.RamTierBuilder;
import io.pagestrata.RemoteTierBuilder;
import io.pagestrata.TenantBuilder;
import io.pagestrata.WritebackBuilder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What YAML can set, the builder can set under the same name: each of its methods gives its value
 * to the setting of that name, so defaults are the same too.
 */
class BuilderMethodsTest {
  /** Stands for two settings, which go together only. */
  private static final String BY_REPLICAS = "safeByReplicas";

  private static final Set<String> OF_REPLICAS = Set.of("safety", "replicas");

  /** Methods of the store's builder that set nothing themselves. */
  private static final Set<String> NO_SETTINGS =
      Set.of(
          "ram",
          "remote",
          "file",
          "writeback",
          "policies",
          "dictionaries",
          "tenant",
          "monitor",
          "build",
          "open");

  private record Part(Class<?> builder, BiConsumer<PagestrataBuilder, Consumer<Object>> enter) {}

  private static final Map<String, Part> PARTS =
      Map.of(
          "",
          new Part(PagestrataBuilder.class, (store, it) -> it.accept(store)),
          "ram",
          new Part(RamTierBuilder.class, (store, it) -> store.ram(it::accept)),
          "remote",
          new Part(RemoteTierBuilder.class, (store, it) -> store.remote(it::accept)),
          "file",
          new Part(FileTierBuilder.class, (store, it) -> store.file(it::accept)),
          "writeback",
          new Part(WritebackBuilder.class, (store, it) -> store.writeback(it::accept)),
          "policies",
          new Part(PoliciesBuilder.class, (store, it) -> store.policies(it::accept)),
          "dictionaries",
          new Part(DictionariesBuilder.class, (store, it) -> store.dictionaries(it::accept)),
          TenantSettings.TENANT.name(),
          new Part(TenantBuilder.class, (store, it) -> store.tenant(it::accept)),
          "monitor",
          new Part(MonitorBuilder.class, (store, it) -> store.monitor(it::accept)));

  static List<Section<?>> sections() {
    return Settings.ALL;
  }

  private static Stream<Method> setters(Part part) {
    return Arrays.stream(part.builder().getDeclaredMethods())
        .filter(it -> Modifier.isPublic(it.getModifiers()) && !it.isSynthetic())
        .filter(it -> !NO_SETTINGS.contains(it.getName()));
  }

  @ParameterizedTest
  @MethodSource("sections")
  void everySettingHasAMethodAndEveryMethodASetting(Section<?> section) {
    Set<String> expected = new TreeSet<>();
    for (Setting<?> setting : section.settings()) {
      boolean together = section.name().equals("remote") && OF_REPLICAS.contains(setting.name());
      expected.add(together ? BY_REPLICAS : Words.camelCase(setting.name()));
    }
    Stream<String> found = setters(PARTS.get(section.name())).map(Method::getName).distinct();
    assertThat(found).containsExactlyInAnyOrderElementsOf(expected);
  }

  static Stream<Arguments> methods() {
    return sections().stream()
        .flatMap(
            section ->
                setters(PARTS.get(section.name()))
                    .filter(it -> !it.getName().equals(BY_REPLICAS))
                    .map(it -> Arguments.of(section, it)));
  }

  @ParameterizedTest
  @MethodSource("methods")
  void aMethodGivesItsValueToTheSettingOfItsNameOnce(Section<?> section, Method method) {
    Setting<?> setting =
        section.settings().stream()
            .filter(it -> Words.camelCase(it.name()).equals(method.getName()))
            .findFirst()
            .orElseThrow();
    Object value = value(method.getParameterTypes()[0], setting);
    PagestrataBuilder store = Pagestrata.builder();
    Throwable refusal =
        catchThrowable(
            () ->
                PARTS
                    .get(section.name())
                    .enter()
                    .accept(
                        store,
                        builder -> {
                          call(method, builder, value);
                          call(method, builder, value);
                        }));
    assertThat(refusal)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            SourceMap.inCode(section.name()).of(setting).text()
                + " is already set to '"
                + text(setting, value)
                + "'");
  }

  private static void call(Method method, Object builder, Object value) {
    try {
      assertThat(method.invoke(builder, value)).isSameAs(builder);
    } catch (InvocationTargetException e) {
      throw (RuntimeException) e.getCause();
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The default where that has the type of the method, or else some value that has. */
  private static Object value(Class<?> type, Setting<?> setting) {
    Object standIn =
        setting.standIn() instanceof Optional<?> optional
            ? optional.orElse(null)
            : setting.standIn();
    if (type == String.class) {
      return standInText(setting);
    } else if (type == String[].class) {
      return new String[] {"redis://a:1", "redis://b:2"};
    } else if (type == long.class) {
      return standIn instanceof Long ? standIn : 1L << 20;
    } else if (type == int.class) {
      return standIn instanceof Integer ? standIn : 2;
    } else if (type == Duration.class) {
      return standIn == null ? Duration.ofHours(1) : standIn;
    } else if (type == Path.class) {
      return standIn == null ? Path.of("some", "file") : standIn;
    } else if (type == List.class) {
      return List.of(Path.of("one"), Path.of("two"));
    }
    return standIn;
  }

  private static <T> String standInText(Setting<T> setting) {
    return setting.format(setting.standIn());
  }

  @SuppressWarnings("unchecked") // of the type of the setting, but for what is done about it here
  private static <T> String text(Setting<T> setting, Object value) {
    if (value instanceof String text) {
      return text;
    } else if (value instanceof String[] texts) {
      return List.of(texts).toString();
    }
    boolean optional = setting.standIn() instanceof Optional;
    return setting.format((T) (optional ? Optional.of(value) : value));
  }
}
