// Asks every second who answers, so that a flip shows on an open page.
const put = (id, text) => { document.getElementById(id).textContent = text; };
let changes = 0;

async function look() {
  try {
    const answer = await fetch("/api/version", { cache: "no-store" });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const { color, version, pod } = await answer.json();
    if (document.body.dataset.color !== color) changes += 1;
    document.body.dataset.color = color;
    put("color", color);
    put("version", version);
    put("pod", pod);
    put("state", changes === 0 ? "answers" : `answers; color changed ${changes === 1 ? "once" : `${changes} times`} since this page was opened`);
  } catch (error) {
    put("state", `does not answer (${error.message})`);
  }
}

setInterval(look, 1000);
