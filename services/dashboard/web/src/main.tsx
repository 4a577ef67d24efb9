import './locale.ts';
import { render } from 'preact';
import 'uplot/dist/uPlot.min.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/shell.css';
import './styles/live.css';
import './styles/hops.css';
import './styles/report.css';
import './styles/pipeline.css';
import './styles/graph.css';
import { App } from './app.tsx';

const root = document.querySelector('#app');
if (root === null) throw new Error('index.html has no element #app');
render(<App />, root);
