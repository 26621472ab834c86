// Somebody at a browser: clicks, types, and has it counted.

export class Person {
  clicks = 0;
  fields = 0;

  constructor(page) {
    this.page = page;
  }

  async click(target) {
    await target.click();
    this.clicks += 1;
  }

  /** Type into a field, unless what is proposed there is right already. */
  async type(field, value) {
    if ((await field.inputValue()) === String(value)) return;
    await field.fill(String(value));
    this.fields += 1;
  }

  /** Fill in the field with this label, whatever kind of field it is. */
  async answer(dialog, label, value) {
    const name = new RegExp(`^${escaped(label)}`);
    const radios = dialog.getByRole("radiogroup", { name });
    const menu = dialog.getByRole("button", { name });
    const field = dialog.getByRole("textbox", { name }).or(dialog.getByRole("spinbutton", { name }));
    await radios.or(menu).or(field).first().waitFor();
    if (await radios.count()) {
      const radio = dialog.getByRole("radio", { name: value });
      if (!(await radio.isChecked())) await this.click(radio);
    } else if (await menu.count()) {
      await this.click(menu);
      await this.click(this.page.getByRole("menuitem", { name: value, exact: true }));
    } else {
      await this.type(field, value);
    }
  }
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
