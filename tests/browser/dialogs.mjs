// Walks through Home Assistant's dialogs as a person does. Only for orientation it looks at which step is shown.

const STEPS = 25; // more than any set-up has: then it goes in circles

/** Answer a flow's forms and menus until it ends; `seen` is called with the name of each step. */
export async function walk(person, flow, seen) {
  const dialog = person.page.locator("dialog-data-entry-flow");
  const menus = structuredClone(flow.menus ?? {});
  for (let count = 0; count < STEPS; count += 1) {
    const step = await nextStep(dialog);
    await seen(step.step_id ?? step.type);
    if (step.type === "form") {
      complain(step);
      await fillIn(person, dialog, step, flow);
      await person.click(dialog.getByRole("button", { name: "Submit" }));
    } else if (step.type === "menu") {
      const choice = menus[step.step_id]?.shift();
      if (!choice) throw new Error(`nobody knows what to choose in ${step.step_id}`);
      const label = flow.texts.step[step.step_id].menu_options[choice];
      await person.click(dialog.getByText(label, { exact: true }));
    } else {
      // The last one: the first is the cross in the corner.
      await person.click(dialog.getByRole("button", { name: /finish$|^Close$/i }).last());
      await dialog.getByRole("dialog").waitFor({ state: "hidden" });
      return step;
    }
  }
  throw new Error("the dialogs do not end");
}

async function nextStep(dialog) {
  await dialog.getByRole("dialog").waitFor();
  const handle = await dialog.page().waitForFunction(
    (element) => {
      const step = element._step;
      if (!step || step === element.seenStep || step.type === "progress") return null;
      element.seenStep = step;
      return structuredClone(step);
    },
    await dialog.elementHandle(),
    { polling: 100 },
  );
  return handle.jsonValue();
}

async function fillIn(person, dialog, step, { answers, texts }) {
  const { data = {}, sections = {} } = texts.step[step.step_id] ?? {};
  const given = { ...answers["*"], ...answers[step.step_id] };
  for (const { name, type, schema } of step.data_schema) {
    const inner = type === "expandable" ? schema.map((field) => field.name) : [];
    for (const field of inner.filter((each) => each in given)) {
      const label = sections[name].data[field];
      if (!(await dialog.getByLabel(label).first().isVisible())) {
        await person.click(dialog.getByText(sections[name].name, { exact: true }));
      }
      await person.answer(dialog, label, given[field]);
    }
    if (name in given) await person.answer(dialog, data[name], given[name]);
  }
}

function complain({ step_id, errors }) {
  const wrong = Object.entries(errors ?? {});
  if (wrong.length) throw new Error(`${step_id} finds fault: ${JSON.stringify(wrong)}`);
}
